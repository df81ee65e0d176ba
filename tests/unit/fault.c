/*
 * See fault.h. The watched calls are seccomp's user notifications (Linux 5.5), answered by a thread
 * that was started before the filter came and so is free of it.
 */
#include "fault.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/random.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { MOST_CALLS = 8, MOST_HELD = 128, SECONDS_TO_WAIT = 60, LONGEST_NOTE = 64 };

static fault_answer *answer_to;
static int listener;
static sem_t installed;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* of all that follows */
static pthread_cond_t more_held = PTHREAD_COND_INITIALIZER;
static __u64 held[MOST_HELD];
static unsigned int held_count;
static unsigned int calls_seen;
static char trace[4096];

/* One action for some calls; all others are allowed. */
static int install(const int *calls, size_t count, unsigned int action, unsigned int flags)
{
    struct sock_filter code[2 * MOST_CALLS + 2];
    struct sock_fprog program = {.filter = code};

    code[program.len++] =
        (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    for (size_t i = 0; i < count; i++) {
        code[program.len++] =
            (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned int)calls[i], 0, 1);
        code[program.len++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action);
    }
    code[program.len++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);

    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return -1;
    return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
}

void fault_block(int call, int error)
{
    if (install(&call, 1, SECCOMP_RET_ERRNO | (unsigned int)error, 0) != 0)
        cr_skip_test("no seccomp filters on this machine");
}

static const char *name_of(const struct seccomp_data *call)
{
    switch (call->nr) {
    case SYS_getrandom:
        return call->args[2] & GRND_NONBLOCK ? "getrandom" : "getrandom-wait";
    case SYS_openat:
        return "openat";
    case SYS_read:
        return "read";
    case SYS_ppoll:
        return "ppoll";
    default:
        return "other";
    }
}

static void note(const struct seccomp_data *call, long answer)
{
    size_t used = strlen(trace);

    if (sizeof(trace) - used < LONGEST_NOTE)
        return;
    if (used)
        trace[used++] = ' ';
    if (answer == FAULT_PASS || answer == FAULT_HOLD)
        snprintf(trace + used, sizeof(trace) - used, "%s", name_of(call));
    else if (answer < 0)
        snprintf(trace + used, sizeof(trace) - used, "%s:%s", name_of(call),
                 strerrorname_np((int)-answer));
    else
        snprintf(trace + used, sizeof(trace) - used, "%s:%ld", name_of(call), answer);
}

static void respond(__u64 id, long answer)
{
    struct seccomp_notif_resp response = {.id = id};

    if (answer == FAULT_PASS)
        response.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
    else if (answer < 0)
        response.error = (int)answer;
    else
        response.val = answer;
    ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response);
}

static void handle(const struct seccomp_notif *call)
{
    long answer;

    pthread_mutex_lock(&lock);
    answer = answer_to(&call->data, calls_seen++);
    note(&call->data, answer);
    if (answer == FAULT_HOLD && held_count < MOST_HELD) {
        held[held_count++] = call->id;
        pthread_cond_signal(&more_held);
    } else {
        respond(call->id, answer);
    }
    pthread_mutex_unlock(&lock);
}

static void *supervise(void *unused)
{
    sem_wait(&installed);
    for (;;) {
        struct seccomp_notif call = {0};

        if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &call) == 0)
            handle(&call);
        else if (errno != EINTR && errno != ENOENT)
            return unused;
    }
}

void fault_watch(fault_answer *answer, size_t count, ...)
{
    int calls[MOST_CALLS];
    pthread_t supervisor;
    va_list arguments;

    va_start(arguments, count);
    for (size_t i = 0; i < count && i < MOST_CALLS; i++)
        calls[i] = va_arg(arguments, int);
    va_end(arguments);

    answer_to = answer;
    cr_assert(sem_init(&installed, 0, 0) == 0);
    cr_assert(pthread_create(&supervisor, NULL, supervise, NULL) == 0);
    listener = install(calls, count, SECCOMP_RET_USER_NOTIF, SECCOMP_FILTER_FLAG_NEW_LISTENER);
    if (listener < 0)
        cr_skip_test("no seccomp user notifications on this machine");
    sem_post(&installed);
}

long fault_serve(const struct seccomp_data *call, size_t length)
{
    memset((void *)(uintptr_t)call->args[call->nr == SYS_read ? 1 : 0], FAULT_BYTE, length);
    return (long)length;
}

const char *fault_trace(void)
{
    static char copy[sizeof(trace)];

    pthread_mutex_lock(&lock);
    memcpy(copy, trace, sizeof(copy));
    pthread_mutex_unlock(&lock);
    return copy;
}

void fault_forget_trace(void)
{
    pthread_mutex_lock(&lock);
    trace[0] = '\0';
    pthread_mutex_unlock(&lock);
}

void fault_await_held(unsigned int count)
{
    struct timespec end;
    int error = 0;

    clock_gettime(CLOCK_REALTIME, &end);
    end.tv_sec += SECONDS_TO_WAIT;
    pthread_mutex_lock(&lock);
    while (held_count < count && error == 0)
        error = pthread_cond_timedwait(&more_held, &lock, &end);
    pthread_mutex_unlock(&lock);
    cr_assert(error == 0, "only %u of %u system calls came", held_count, count);
}

void fault_release(void)
{
    pthread_mutex_lock(&lock);
    while (held_count)
        respond(held[--held_count], FAULT_PASS);
    pthread_mutex_unlock(&lock);
}
