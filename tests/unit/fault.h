/*
 * System calls that fail, come back short or wait, as a test says: a real seccomp filter on the
 * calling thread and on the threads and processes that it starts from then on.
 */
#ifndef OSRANDOM_TESTS_FAULT_H
#define OSRANDOM_TESTS_FAULT_H

#include <limits.h>
#include <linux/seccomp.h>
#include <stddef.h>

/* The call fails with this errno from now on, as under a container's filter. */
void fault_block(int call, int error);

#define FAULT_PASS LONG_MIN       /* the kernel serves the call */
#define FAULT_HOLD (LONG_MIN + 1) /* the call does not return before fault_release() */

/* What a watched call returns: one of the two above, or a result, a negative errno among them. nth
 * counts the watched calls from 0. It runs in a thread that no filter concerns. */
typedef long fault_answer(const struct seccomp_data *call, unsigned int nth);

/* Watches these calls of the calling thread, once a process. Skips the test where it cannot. */
void fault_watch(fault_answer *answer, size_t count, ...);

/* For an answer: FAULT_BYTE at so many places of the buffer of a getrandom() or read(), and the
 * result that goes with it. Only for a task that shares the test's memory. */
enum { FAULT_BYTE = 0xa5 };
long fault_serve(const struct seccomp_data *call, size_t length);

/* The watched calls so far and the results that were made up: "getrandom:EPERM openat read". A
 * getrandom() that may wait for a seed is "getrandom-wait". */
const char *fault_trace(void);
void fault_forget_trace(void);

/* Waits until so many calls are held. */
void fault_await_held(unsigned int count);
void fault_release(void);

#endif
