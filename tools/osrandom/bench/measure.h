/*
 * The measuring end of the benchmark: a process that draws on command and answers how long it took.
 * It lives on between commands, so that the asking end (compare.h) can alternate between one
 * with the shim and one without.
 *
 * Commands are lines on standard input; each is answered by one line with a number, or with "error"
 * and a reason:
 *
 *   time TASK SIZE CALLS          nanoseconds of processor time a call, in one thread
 *   rate TASK SIZE THREADS MS     calls a second by the clock, of so many threads together
 *   memory                        bytes of memory that the shim has to itself in this process
 */
#ifndef OSRANDOM_BENCH_MEASURE_H
#define OSRANDOM_BENCH_MEASURE_H

#include <stdbool.h>
#include <stddef.h>

enum { BENCH_MOST_THREADS = 256 };

/* What a thread calls from. */
struct bench_place {
    unsigned char *buffer; /* as large as is asked for */
    void *state;           /* for bare_vdso_draw(); NULL without it */
};

/* Makes so many calls; false at the first that fails. The loop lies in the task, so that the call
 * in it is the one that a program makes. */
typedef bool bench_loop(const struct bench_place *place, size_t size, unsigned long calls);

struct bench_task {
    const char *name;
    bench_loop *loop;
};

/* Answers until the input ends. tasks end with a NULL name; always there are the bare calls
 * "vdso" and "syscall", and "locked", the vDSO's behind a lock, for one thread. Returns an exit
 * status. */
int bench_serve(const struct bench_task *tasks);

#endif
