/*
 * See plan.h. The errnos are those of the manual pages, of old kernels (ENOSYS) and of sandboxes
 * (EPERM, EACCES).
 */
#include "plan.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>

enum { MOST_ANSWERS = 16 };

static const struct {
    const char *name;
    long number;
    long kinds[MOST_ANSWERS]; /* one of each kind that makes a difference, 0 among them if first */
    long more[MOST_ANSWERS];  /* further errnos */
} calls[CALLS] = {
    /* clang-format off */
    [CALL_FSTAT_STDERR]   = {"fstat(2)", SYS_fstat, {-EBADF, ANSWER_OTHER}, {-EPERM, -ENOSYS, -EIO}},
    [CALL_FSTAT]          = {"fstat", SYS_fstat, {-EPERM, ANSWER_OTHER}, {-EBADF, -ENOSYS, -EIO}},
    [CALL_OPEN_RULES]     = {"openat(/etc/osrandom.conf)", SYS_openat, {-EINTR, -EACCES}, {-EMFILE, -ENFILE, -EPERM, -ENOSYS}},
    [CALL_MMAP]           = {"mmap", SYS_mmap, {-EPERM, -EAGAIN}, {-ENOMEM, -EINVAL, -ENOSYS}},
    [CALL_MADVISE]        = {"madvise", SYS_madvise, {-EINVAL}, {-EPERM, -ENOSYS, -ENOMEM}},
    [CALL_GETRANDOM]      = {"getrandom", SYS_getrandom, {0, ANSWER_HALF, -EINTR, -EAGAIN, -EPERM}, {-ENOSYS, -EINVAL, -EIO, -EFAULT, -EACCES}},
    [CALL_GETRANDOM_WAIT] = {"getrandom-wait", SYS_getrandom, {0, ANSWER_HALF, -EINTR, -EAGAIN, -EPERM}, {-ENOSYS, -EINVAL, -EIO}},
    [CALL_OPEN_URANDOM]   = {"openat(/dev/urandom)", SYS_openat, {-EINTR, -EAGAIN, -EMFILE}, {-ENOENT, -ENFILE, -EACCES, -EPERM, -ENODEV, -ENXIO, -ENOMEM, -ENOSYS}},
    [CALL_OPEN_RANDOM]    = {"openat(/dev/random)", SYS_openat, {-EINTR, -EMFILE}, {-ENOENT, -ENFILE, -EACCES, -EPERM}},
    [CALL_FCNTL]          = {"fcntl", SYS_fcntl, {-EMFILE}, {-EPERM, -EINVAL, -EBADF}},
    [CALL_CLOSE]          = {"close", SYS_close, {-EINTR, -EIO}, {-EBADF, -EPERM}},
    [CALL_READ]           = {"read", SYS_read, {0, ANSWER_HALF, -EINTR, -EAGAIN, -EIO}, {-EBADF, -EPERM, -EINVAL, -EISDIR}},
    [CALL_POLL_SEED]      = {"ppoll(seed)", SYS_ppoll, {0, -EINTR, -EPERM}, {-ENOMEM, -ENOSYS, -EINVAL}},
    [CALL_READ_SEED]      = {"read(seed)", SYS_read, {0, ANSWER_HALF, -EINTR, -EAGAIN, -EIO}, {-EBADF, -EPERM}},
    [CALL_POLL_STDERR]    = {"ppoll(2)", SYS_ppoll, {0, -EINTR, -EPERM}, {-ENOMEM, -ENOSYS}},
    [CALL_SIGPENDING]     = {"rt_sigpending", SYS_rt_sigpending, {-EPERM}, {-ENOSYS}},
    [CALL_SIGMASK]        = {"rt_sigprocmask", SYS_rt_sigprocmask, {-EPERM}, {-ENOSYS}},
    [CALL_SIGTAKE]        = {"rt_sigtimedwait", SYS_rt_sigtimedwait, {-EINTR, -EPERM}, {-ENOSYS}},
    [CALL_WRITE]          = {"write(2)", SYS_write, {0, ANSWER_HALF, -EINTR, -EAGAIN, -EPIPE}, {-EIO, -ENOSPC, -EBADF, -EFBIG, -EPERM}},
    [CALL_UNKNOWN]        = {"unknown", -1, {ANSWER_PASS}, {ANSWER_PASS}},
    /* clang-format on */
};

enum { MOST_RULES = 3 };

static const struct {
    const char *name;
    struct rule {
        enum call call;
        long answer;
    } rules[MOST_RULES];
} worlds[WORLDS] = {
    [WORLD_WELL] = {"all is well", {{CALL_UNKNOWN, 0}}},
    [WORLD_SANDBOX] = {"getrandom() is forbidden",
                       {{CALL_GETRANDOM, -EPERM}, {CALL_GETRANDOM_WAIT, -EPERM}}},
    [WORLD_UNSEEDED] = {"the kernel has no seed", {{CALL_GETRANDOM, -EAGAIN}, {CALL_POLL_SEED, 0}}},
    [WORLD_BARREN] = {"nothing works",
                      {{CALL_GETRANDOM, -EPERM},
                       {CALL_GETRANDOM_WAIT, -EPERM},
                       {CALL_OPEN_URANDOM, -EMFILE}}},
};

static long world_answer(enum world world, enum call call)
{
    for (const struct rule *rule = worlds[world].rules; rule < worlds[world].rules + MOST_RULES;
         rule++)
        if (rule->call == call && (rule->call || rule->answer))
            return rule->answer;
    return ANSWER_PASS;
}

long plan_answer(const struct plan *plan, const struct trace *trace, enum call call)
{
    long answer = world_answer(plan->world, call);

    for (const struct fault *fault = plan->faults; fault < plan->faults + plan->count; fault++) {
        bool same_call = calls[fault->call].number == calls[call].number;

        if (trace->count == fault->nth ||
            (fault->for_good && trace->count > fault->nth && same_call))
            answer = fault->answer;
    }
    return answer;
}

void trace_add(struct trace *trace, enum call call, size_t size, long answer)
{
    if (trace->count < MOST_EVENTS)
        trace->events[trace->count++] = (struct event){call, size, answer};
}

/* A list ends at its first 0 behind the first place. */
static size_t add_answers(long *answers, size_t count, const long *list)
{
    for (size_t i = 0; i < MOST_ANSWERS && (i == 0 || list[i]); i++)
        answers[count++] = list[i];
    return count;
}

const long *answers_of(enum call call, bool every)
{
    static long answers[CALLS][2][2 * MOST_ANSWERS + 1];
    long *list = answers[call][every];
    size_t count = add_answers(list, 0, calls[call].kinds);

    if (every)
        count = add_answers(list, count, calls[call].more);
    list[count] = ANSWER_PASS;
    return list;
}

size_t half_of(size_t size)
{
    return (size + 1) / 2;
}

static const char *answer_text(long answer)
{
    if (answer == ANSWER_PASS)
        return "";
    if (answer == ANSWER_HALF)
        return ":half";
    if (answer == ANSWER_OTHER)
        return ":other";
    return answer ? strerrorname_np((int)-answer) : ":0";
}

static size_t add_call(char *text, size_t used, enum call call, size_t size, long answer)
{
    if (used >= LONGEST_TEXT)
        return used;
    used += (size_t)snprintf(text + used, LONGEST_TEXT - used, "%s%s", used ? " " : "",
                             calls[call].name);
    if (size && used < LONGEST_TEXT)
        used += (size_t)snprintf(text + used, LONGEST_TEXT - used, "(%zu)", size);
    if (used < LONGEST_TEXT)
        used += (size_t)snprintf(text + used, LONGEST_TEXT - used, "%s%s", answer < 0 ? ":" : "",
                                 answer_text(answer));
    return used;
}

const char *trace_text(const struct trace *trace)
{
    static char text[LONGEST_TEXT];
    size_t used = 0;

    text[0] = '\0';
    for (size_t i = 0; i < trace->count; i++)
        used = add_call(text, used, trace->events[i].call, trace->events[i].size,
                        trace->events[i].answer);
    return text;
}

const char *plan_text(const struct plan *plan)
{
    static char text[LONGEST_TEXT];
    size_t used = 0;

    used = (size_t)snprintf(text, sizeof(text), "%s:", worlds[plan->world].name);
    for (size_t i = 0; i < plan->count; i++) {
        used = add_call(text, used, plan->faults[i].call, 0, plan->faults[i].answer);
        used += (size_t)snprintf(text + used, LONGEST_TEXT - used, "%s[%zu]",
                                 plan->faults[i].for_good ? ", for good" : "", plan->faults[i].nth);
    }
    return text;
}
