/*
 * See watch.h. A try is a file that says when it ends. Whoever removes the file has the last word:
 * keep, off, or the process that waits, which then switches off.
 */
#include "watch.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "base/complain.h"
#include "base/memory.h"
#include "preset.h"
#include "spawned.h"
#include "stage.h"
#include "switch.h"
#include "units.h"

#define TRY_FILE STATE_DIRECTORY "/try"

enum { MOST_FILES = 1024 };

/* Also while the machine sleeps. */
static long long now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_BOOTTIME, &time);
    return time.tv_sec;
}

bool watch_end(void)
{
    return unlink(TRY_FILE) == 0;
}

static long long end_of_try(void)
{
    char *text = preset_read(TRY_FILE);
    long long end = text ? atoll(text) : 0;

    free(text);
    return end;
}

long watch_left(void)
{
    long long end = end_of_try(), left = end - now();

    if (end == 0)
        return -1;
    return left > 0 ? (long)left : 0;
}

/* ---- The process ---- */

/* As sd_notify(3) does it. */
static void say_ready(void)
{
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = path ? strlen(path) : 0;
    int file;

    if (length == 0 || length >= sizeof(address.sun_path))
        return;
    memcpy(address.sun_path, path, length);
    if (*path == '@')
        *address.sun_path = '\0';
    file = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (file < 0)
        return;
    sendto(file, "READY=1", 7, MSG_NOSIGNAL, (struct sockaddr *)&address,
           (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length));
    close(file);
}

static bool begin(long long end)
{
    char *text = text_of("%lld\n", end);
    bool begun = state_directory() == 0 && preset_write(TRY_FILE, text) == 0;

    free(text);
    return begun;
}

/* What is kept ends the wait at its next second; there may be a later try, which is another's. */
static bool is_still_tried(long long end)
{
    return end_of_try() == end;
}

static void wait_for(long long end)
{
    const struct timespec second = {.tv_sec = 1};

    while (is_still_tried(end) && now() < end)
        clock_nanosleep(CLOCK_BOOTTIME, 0, &second, NULL);
}

static void take_back(long long end)
{
    if (!is_still_tried(end) || !watch_end())
        return;
    openlog("osrandom", LOG_PID | LOG_NDELAY, LOG_DAEMON);
    if (switch_off() == 0)
        syslog(LOG_NOTICE, "the shim was tried and not kept: %s is as before", SYSTEM_PRESET);
    else
        syslog(LOG_ERR, "the shim was tried and could not be taken back");
}

int watch(unsigned int seconds)
{
    long long end = now() + seconds;

    signal(SIGHUP, SIG_IGN);
    signal(SIGINT, SIG_IGN);
    signal(SIGTTOU, SIG_IGN);
    if (!begin(end))
        return complain("system", "cannot write %s: %s", TRY_FILE, strerror(errno));
    say_ready();
    puts("ready");
    fflush(stdout);
    wait_for(end);
    take_back(end);
    return 0;
}

/* ---- Starting it ---- */

static bool start_by_systemd(unsigned int seconds)
{
    char *self = realpath("/proc/self/exe", NULL), *number = text_of("%u", seconds);
    const char *const argv[] = {"systemd-run",
                                "--quiet",
                                "--collect",
                                "--unit=osrandom-try",
                                "--service-type=notify",
                                "--description=Takes the shim back",
                                self ? self : "osrandom",
                                "system",
                                "watch",
                                number,
                                NULL};
    struct spawned spawned = spawn(&(struct spawn_wish){.argv = argv, .seconds = 30});
    bool started = spawned_well(&spawned) && watch_left() >= 0;

    free(spawned.out);
    free(number);
    free(self);
    return started;
}

/* The child of a child, so that nobody waits for it, in a session of its own. */
static bool start_alone(unsigned int seconds)
{
    char answer[8] = "";
    int ends[2];
    pid_t child;

    fflush(NULL);
    if (pipe(ends) != 0 || (child = fork()) < 0)
        return false;
    if (child == 0) {
        int none = open("/dev/null", O_RDWR);

        setsid();
        if (fork() != 0)
            _exit(0);
        dup2(none, STDIN_FILENO);
        dup2(ends[1], STDOUT_FILENO);
        dup2(none, STDERR_FILENO);
        for (int file = STDERR_FILENO + 1; file < MOST_FILES; file++)
            close(file);
        if (chdir("/") != 0)
            _exit(1);
        _exit(watch(seconds));
    }
    close(ends[1]);
    if (read(ends[0], answer, sizeof(answer)) <= 0)
        *answer = '\0';
    close(ends[0]);
    return strncmp(answer, "ready", 5) == 0;
}

bool watch_start(unsigned int seconds)
{
    if ((systemd_runs() && start_by_systemd(seconds)) || start_alone(seconds))
        return true;
    complain("system", "nobody can be found to take it back; nothing is switched");
    return false;
}
