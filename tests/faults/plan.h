/*
 * What the shim's system calls answer, one by one: the plan of a run, and the trace that it left.
 */
#ifndef OSRANDOM_TESTS_PLAN_H
#define OSRANDOM_TESTS_PLAN_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

/* All that the shim asks of the kernel; getpid() and gettid() are left out, they cannot fail. */
enum call {
    CALL_FSTAT_STDERR,
    CALL_FSTAT,
    CALL_OPEN_RULES, /* /etc/osrandom.conf, which is not there */
    CALL_MMAP,
    CALL_MADVISE,
    CALL_GETRANDOM,
    CALL_GETRANDOM_WAIT, /* without GRND_NONBLOCK */
    CALL_OPEN_URANDOM,
    CALL_OPEN_RANDOM,
    CALL_FCNTL,
    CALL_CLOSE,
    CALL_READ,
    CALL_POLL_SEED,
    CALL_READ_SEED, /* of /dev/random, to wait for a seed */
    CALL_POLL_STDERR,
    CALL_SIGPENDING,
    CALL_SIGMASK,
    CALL_SIGTAKE,
    CALL_WRITE,
    CALL_UNKNOWN, /* by the shim, or a generator seeding itself: in no model */
    CALLS,
};

/* An answer is a negative errno, 0 or one of these. */
#define ANSWER_PASS LONG_MAX        /* the kernel serves the call */
#define ANSWER_HALF (LONG_MAX - 1)  /* it serves half of what is asked for, rounded up */
#define ANSWER_OTHER (LONG_MAX - 2) /* fstat(): it is another file, /dev/null */

enum { MOST_FAULTS = 3, MOST_EVENTS = 400, LONGEST_TEXT = 16384 };

struct fault {
    size_t nth; /* the call, counted from 0 */
    enum call call;
    long answer;
    bool for_good; /* and so do all later ones of the same system call */
};

/* What holds in a whole run, until a fault says otherwise. */
enum world { WORLD_WELL, WORLD_SANDBOX, WORLD_UNSEEDED, WORLD_BARREN, WORLDS };

struct plan {
    enum world world;
    struct fault faults[MOST_FAULTS];
    size_t count;
};

struct event {
    enum call call;
    size_t size; /* the bytes asked for; 0 where there are none */
    long answer;
};

struct trace {
    struct event events[MOST_EVENTS];
    size_t count;
};

/* What this call is to answer; the trace ends before it. */
long plan_answer(const struct plan *plan, const struct trace *trace, enum call call);

void trace_add(struct trace *trace, enum call call, size_t size, long answer);

/* The answers that the call can come back with: one of each kind, or with every errno, closed by
 * ANSWER_PASS. */
const long *answers_of(enum call call, bool every);

/* "getrandom(1):EPERM openat(/dev/urandom) ..."; in memory that the next call reuses. */
const char *trace_text(const struct trace *trace);
const char *plan_text(const struct plan *plan);

size_t half_of(size_t size);

#endif
