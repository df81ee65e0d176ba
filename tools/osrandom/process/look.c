/*
 * See look.h. The files that a process has mapped may lie on a file system of its own that never
 * answers, or be cut short while they are read: hence the child.
 */
#include "look.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/complain.h"
#include "coverage.h"

enum { PATIENCE = 5 * 1000 }; /* milliseconds */

static struct look *shared;

void look_start(const char *shim)
{
    void *memory =
        mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (memory == MAP_FAILED)
        exit(complain("status", "there is no memory left"));
    shared = memory;
    mapped_start();
    coverage_start(shim);
}

static void begin(pid_t pid)
{
    memset(shared, 0, sizeof(*shared));
    shared->pid = pid;
    shared->state = LOOK_TROUBLE;
}

static void trouble(const char *why)
{
    shared->state = LOOK_TROUBLE;
    snprintf(shared->why, sizeof(shared->why), "%s", why);
}

/* Waits without end only for a child that has been killed. */
static void wait_for(pid_t child)
{
    int descriptor = (int)syscall(SYS_pidfd_open, child, 0), status = 0;
    struct pollfd ended = {.fd = descriptor, .events = POLLIN};
    bool in_time = descriptor < 0 || poll(&ended, 1, PATIENCE) == 1;

    if (!in_time)
        kill(child, SIGKILL);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    if (descriptor >= 0)
        close(descriptor);
    if (!in_time)
        trouble("looking at its files took too long");
    else if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        trouble("looking at it failed");
}

const struct look *look_at(pid_t pid)
{
    pid_t child;

    begin(pid);
    fflush(NULL);
    child = fork();
    if (child == 0) {
        coverage_of(pid, shared);
        _exit(0);
    }
    if (child < 0)
        trouble("no process can be made to look at it");
    else
        wait_for(child);
    return shared;
}
