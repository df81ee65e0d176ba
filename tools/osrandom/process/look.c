/*
 * See look.h. A child takes the next process's number from shared memory, looks, and goes on to the
 * next; the parent only keeps the time. A look that takes a while makes room for another child, so
 * that as many look at the same time as there are processors, and those that wait besides.
 */
#include "look.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/complain.h"
#include "coverage.h"
#include "foreign.h"
#include "lost.h"
#include "trail.h"

enum {
    PATIENCE = 3000, /* milliseconds for one process; less after each that was given up */
    SHORTEST = 300,
    SLOW = 150,    /* after so many, it makes room for another */
    ENOUGH = 1000, /* of a processor's time, for one process */
    BUDGET = 7000, /* for all; from then on nobody is waited for who only lacks a processor */
    TICK = 20,
    MOST_AT_ONCE = 4096, /* processes: their looks are kept in memory */
    MOST_CHILDREN = 32,
    MEMORY = 2047, /* MiB for each child */
};

#define GIVEN_UP SIZE_MAX

/* In shared memory. */
static struct round {
    _Atomic size_t next; /* the first that nobody has taken */
    int64_t began;       /* milliseconds */
    struct child {
        pid_t pid;    /* 0: none. The parent's */
        bool is_slow; /* the parent's */
        int64_t used; /* the parent's: of a processor's time, milliseconds, as it became slow */
        _Atomic size_t at;     /* which one it looks at, plus 1; 0: none; or GIVEN_UP */
        _Atomic int64_t since; /* milliseconds */
    } children[MOST_CHILDREN];
    struct answer {
        _Atomic bool is_there;
        struct look look;
    } answers[MOST_AT_ONCE];
} * shared;

static bool (*wanted)(const struct identity *identity);
static unsigned int given_up;

void look_start(const char *shim, const char *module, bool with_trail,
                bool (*is_wanted)(const struct identity *identity))
{
    void *memory =
        mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (memory == MAP_FAILED)
        exit(complain("status", "there is no memory left"));
    shared = memory;
    wanted = is_wanted;
    if (with_trail)
        trail_start();
    mapped_start();
    identity_start();
    coverage_start(shim, module);
}

static int64_t now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/* ---- In a child ---- */

/* What hangs must not hold up who waits for the end of our output. */
static void leave_standard_files(void)
{
    int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);

    for (int i = 0; nowhere >= 0 && i <= STDERR_FILENO; i++)
        dup2(nowhere, i);
}

static void say_trouble(struct look *look, const char *why)
{
    look->state = LOOK_TROUBLE;
    snprintf(look->why, sizeof(look->why), "%s", why);
}

static void look_at(pid_t pid, struct look *look)
{
    memset(look, 0, sizeof(*look));
    look->pid = pid;
    identity_of(pid, &look->identity);
    if (wanted && !wanted(&look->identity))
        look->state = LOOK_PASSED;
    else if (lost_has(pid))
        say_trouble(look, "looking at it still hangs from the last time");
    else
        coverage_of(pid, look);
}

static void work(struct child *self, const pid_t *pids, size_t count)
{
    const rlim_t bytes = (rlim_t)MEMORY << 20;
    const struct rlimit memory = {bytes, bytes};
    size_t i;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    leave_standard_files();
    setrlimit(RLIMIT_AS, &memory);
    while ((i = atomic_fetch_add(&shared->next, 1)) < count) {
        self->since = now();
        self->at = i + 1;
        look_at(pids[i], &shared->answers[i].look);
        shared->answers[i].is_there = true;
        if (atomic_exchange(&self->at, 0) == GIVEN_UP)
            break;
    }
    _exit(0);
}

/* ---- In the parent ---- */

/* Asks nothing of the process, which the child may hang on: whose it is the child has noted first.
 */
static void answer_for(size_t i, pid_t pid, const char *why)
{
    struct look *look = &shared->answers[i].look;
    struct look trouble = {.pid = pid};

    if (!shared->answers[i].is_there && !(look->pid == pid && look->is_partly)) {
        if (look->pid == pid)
            trouble.identity = look->identity;
        say_trouble(&trouble, why);
        *look = trouble;
    }
    shared->answers[i].is_there = true;
}

/* Whether it has ended, by itself or by a mishap. */
static bool has_ended(struct child *child, const pid_t *pids)
{
    int status = 0;

    if (waitpid(child->pid, &status, WNOHANG) == 0)
        return false;
    if (child->at > 0 && child->at != GIVEN_UP)
        answer_for(child->at - 1, pids[child->at - 1], "looking at it failed");
    child->pid = 0;
    return true;
}

/* Who makes us wait takes from the patience with the others. */
static int64_t patience(void)
{
    int64_t left = PATIENCE / (1 + given_up / MOST_CHILDREN);

    return left > SHORTEST ? left : SHORTEST;
}

/* What a child has used of a processor's time, in milliseconds; false if it is not at work on one
 * or waits for one. proc(5), fields 3, 14 and 15 of stat. */
static bool is_running(const struct child *child, int64_t *used)
{
    char path[32], text[512], state = 0;
    unsigned long user = 0, system = 0;
    const char *behind_name;
    int file;

    snprintf(path, sizeof(path), "/proc/%d/stat", (int)child->pid);
    file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0 || foreign_read(file, text, sizeof(text)) < 0)
        *text = '\0';
    if (file >= 0)
        close(file);
    behind_name = strrchr(text, ')');
    if (behind_name)
        sscanf(behind_name + 1, " %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &state,
               &user, &system);
    *used = (int64_t)(user + system) * 1000 / sysconf(_SC_CLK_TCK);
    return state == 'R';
}

/* On a busy machine, who does not wait for a file may still have had no time to read it. */
static bool is_to_be_given_up(const struct child *child, int64_t taken)
{
    int64_t used;

    if (taken < patience())
        return false;
    return !is_running(child, &used) || used - child->used >= ENOUGH ||
           now() - shared->began >= BUDGET;
}

/* A child that is given up takes no other process, and if it cannot be killed now, it does not run
 * again. */
static void watch(struct child *child, const pid_t *pids)
{
    size_t at = child->at;
    int64_t taken = now() - child->since;

    if (at == 0 || taken < SLOW) {
        child->is_slow = false;
        return;
    }
    if (!child->is_slow) {
        setpriority(PRIO_PROCESS, (id_t)child->pid, 5);
        is_running(child, &child->used);
    }
    child->is_slow = true;
    if (!is_to_be_given_up(child, taken) ||
        !atomic_compare_exchange_strong(&child->at, &at, GIVEN_UP))
        return;
    given_up++;
    lost_add(child->pid, pids[at - 1]);
    answer_for(at - 1, pids[at - 1], "looking at it took too long");
    child->pid = 0;
}

static bool start(struct child *child, const pid_t *pids, size_t count)
{
    pid_t pid;

    fflush(NULL);
    child->at = 0;
    child->is_slow = false;
    pid = fork();
    if (pid == 0)
        work(child, pids, count);
    child->pid = pid > 0 ? pid : 0; /* not in the child, which shares it */
    return pid > 0;
}

/* Keeps as many at work as there are processors, besides the slow ones. Answers how many there are.
 */
static unsigned int tend(const pid_t *pids, size_t count, long processors)
{
    unsigned int alive = 0;
    long busy = 0;

    for (size_t i = 0; i < MOST_CHILDREN; i++) {
        struct child *child = &shared->children[i];

        if (child->pid && !has_ended(child, pids))
            watch(child, pids);
        alive += child->pid != 0;
        busy += child->pid && !child->is_slow;
    }
    for (size_t i = 0; i < MOST_CHILDREN && busy < processors && shared->next < count; i++) {
        if (shared->children[i].pid || !start(&shared->children[i], pids, count))
            continue;
        alive++;
        busy++;
    }
    return alive;
}

static void look_at_some(const pid_t *pids, size_t count)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);

    for (size_t i = 0; i < count; i++) {
        shared->answers[i].is_there = false;
        shared->answers[i].look.pid = 0;
    }
    shared->next = 0;
    shared->began = now();
    lost_bury();
    while (tend(pids, count, processors < 1 ? 1 : processors) > 0)
        poll(NULL, 0, count < 16 ? 1 : TICK);
    for (size_t i = 0; i < count; i++)
        answer_for(i, pids[i], "no process can be made to look at it");
}

void look_at_all(const pid_t *pids, size_t count,
                 void (*tell)(const struct look *look, void *context), void *context)
{
    while (count > 0) {
        size_t some = count < MOST_AT_ONCE ? count : MOST_AT_ONCE;

        look_at_some(pids, some);
        for (size_t i = 0; i < some; i++)
            tell(&shared->answers[i].look, context);
        pids += some;
        count -= some;
    }
}
