/*
 * See spawned.h.
 */
#include "spawned.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"

enum { MOST_OUTPUT = 1 << 16, CANNOT = 127, SECONDS = 10 };

static const char path[] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

static void set_environment(const struct spawn_wish *wish)
{
    clearenv();
    putenv((char *)path);
    putenv((char *)"LC_ALL=C");
    for (size_t i = 0; wish->setting && wish->setting[i]; i++)
        putenv((char *)wish->setting[i]);
}

static bool become_nobody(void)
{
    return setgroups(0, NULL) == 0 && setresgid(NOBODY, NOBODY, NOBODY) == 0 &&
           setresuid(NOBODY, NOBODY, NOBODY) == 0;
}

__attribute__((noreturn)) static void become(const struct spawn_wish *wish, int out)
{
    int in = open("/dev/null", O_RDONLY | O_CLOEXEC);

    setsid();
    dup2(in, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    dup2(out, STDERR_FILENO);
    set_environment(wish);
    if (chdir("/") == 0 && (!wish->as_nobody || become_nobody()))
        execvp(wish->argv[0], (char **)wish->argv);
    dprintf(STDERR_FILENO, "%s cannot be started: %s\n", wish->argv[0], strerror(errno));
    _exit(CANNOT);
}

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Until the program has closed its end, or the time is over: false. */
static bool listen_to(int from, char *out, int64_t deadline)
{
    char rest[4096];
    size_t length = 0;

    for (;;) {
        struct pollfd waiting = {.fd = from, .events = POLLIN};
        int64_t left = deadline - now_ms();
        bool full = length == MOST_OUTPUT;
        ssize_t got;

        if (left <= 0)
            return false;
        if (poll(&waiting, 1, (int)left) <= 0)
            continue;
        got = read(from, full ? rest : out + length, full ? sizeof(rest) : MOST_OUTPUT - length);
        if (got == 0 || (got < 0 && errno != EINTR))
            return true;
        if (got > 0 && !full)
            length += (size_t)got;
        out[length] = '\0';
    }
}

/* Waits until the deadline, then kills what is left: false. */
static bool see_it_end(pid_t child, int *status, int64_t deadline)
{
    const struct timespec moment = {.tv_nsec = 5000000};

    while (now_ms() < deadline) {
        pid_t ended = waitpid(child, status, WNOHANG);

        if (ended == child || (ended < 0 && errno != EINTR))
            return true;
        nanosleep(&moment, NULL);
    }
    kill(-child, SIGKILL);
    while (waitpid(child, status, 0) < 0 && errno == EINTR)
        ;
    return false;
}

struct spawned spawn(const struct spawn_wish *wish)
{
    struct spawned spawned = {.status = -1, .out = grown(NULL, MOST_OUTPUT, 1)};
    unsigned int seconds = wish->seconds ? wish->seconds : SECONDS;
    int ends[2];
    pid_t child;

    *spawned.out = '\0';
    fflush(NULL);
    if (pipe2(ends, O_CLOEXEC) != 0)
        return spawned;
    child = fork();
    if (child == 0)
        become(wish, ends[1]);
    close(ends[1]);
    if (child > 0) {
        int64_t deadline = now_ms() + seconds * 1000;

        spawned.timed_out = !listen_to(ends[0], spawned.out, deadline);
        if (!see_it_end(child, &spawned.status, deadline))
            spawned.timed_out = true;
    }
    close(ends[0]);
    return spawned;
}

bool spawned_well(const struct spawned *spawned)
{
    return !spawned->timed_out && spawned->status == 0;
}

const char *spawned_end(const struct spawned *spawned)
{
    static char clause[64];

    if (spawned->timed_out)
        return "does not end";
    if (spawned->status == -1)
        return "cannot be started";
    if (WIFSIGNALED(spawned->status))
        snprintf(clause, sizeof(clause), "is killed by signal %d", WTERMSIG(spawned->status));
    else
        snprintf(clause, sizeof(clause), "ends with status %d", WEXITSTATUS(spawned->status));
    return clause;
}
