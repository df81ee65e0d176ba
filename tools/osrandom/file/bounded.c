/*
 * See bounded.h. A child looks, and writes each answer into a pipe; when none comes in time, or it
 * is gone, that one is given up and another child goes on with the next.
 */
#include "bounded.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void limit(void)
{
    const struct rlimit memory = {BOUNDED_MEMORY, BOUNDED_MEMORY}, none = {0};

    setrlimit(RLIMIT_DATA, &memory);
    setrlimit(RLIMIT_CORE, &none);
}

/* In the child; never returns. */
static void look_from(const struct bounded *bounded, size_t first, size_t count, int pipe_end)
{
    limit();
    for (size_t i = first; i < count; i++) {
        uint8_t answer = (uint8_t)bounded->look(bounded->context, i);

        if (fflush(stdout) != 0 || write(pipe_end, &answer, 1) != 1)
            break;
    }
    _exit(0);
}

static int64_t milliseconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* One more answer; -1 and errno: ETIME if none came in time, 0 if the child is gone. */
static int next_answer(int pipe_end)
{
    struct pollfd wait = {.fd = pipe_end, .events = POLLIN};
    int64_t end = milliseconds() + BOUNDED_SECONDS * 1000;
    uint8_t answer;
    int ready;

    do {
        int64_t left = end - milliseconds();

        ready = poll(&wait, 1, left > 0 ? (int)left : 0);
    } while (ready < 0 && errno == EINTR);
    errno = ETIME;
    if (ready == 0)
        return -1;
    errno = 0;
    return read(pipe_end, &answer, 1) == 1 ? answer : -1;
}

/* One that cannot be killed is left behind. */
static bool end(pid_t child, bool is_late, int *status)
{
    if (!is_late)
        return waitpid(child, status, 0) == child;
    kill(child, SIGKILL);
    for (int tries = 0; tries < 100; tries++) {
        if (waitpid(child, status, WNOHANG) == child)
            return true;
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    }
    return false;
}

/* Answers how many were answered. */
static size_t take_answers(const struct bounded *bounded, size_t first, size_t count, int answers[],
                           pid_t child, int pipe_end)
{
    const char *reason = "looking at its files failed";
    int status = 0;
    size_t i = first;
    bool is_late;

    for (; i < count; i++)
        if ((answers[i] = next_answer(pipe_end)) < 0)
            break;
    is_late = i < count && errno == ETIME;
    end(child, is_late, &status);
    if (i == count)
        return i;
    if (is_late)
        reason = "looking at its files takes too long";
    else if (WIFEXITED(status) && WEXITSTATUS(status) != 0)
        reason = "looking at its files takes too much memory";
    answers[i] = bounded->give_up(bounded->context, i, reason);
    return i + 1;
}

static void look_here(const struct bounded *bounded, size_t first, size_t count, int answers[])
{
    for (size_t i = first; i < count; i++)
        answers[i] = bounded->look(bounded->context, i);
}

void bounded_look(const struct bounded *bounded, size_t count, int answers[])
{
    for (size_t done = 0; done < count;) {
        int ends[2] = {-1, -1};
        pid_t child = -1;

        fflush(stdout);
        if (pipe(ends) == 0)
            child = fork();
        if (child == 0) {
            close(ends[0]);
            look_from(bounded, done, count, ends[1]);
        }
        if (child > 0) {
            close(ends[1]);
            done = take_answers(bounded, done, count, answers, child, ends[0]);
            close(ends[0]);
            continue;
        }
        if (ends[0] >= 0) {
            close(ends[0]);
            close(ends[1]);
        }
        look_here(bounded, done, count, answers);
        return;
    }
}
