/*
 * Random bytes from the operating system.
 *
 * One contract: random_fill() fills the whole buffer, or says why it could not. It may be called
 * from any thread, from a signal handler, in a forked child and in a task made by clone(CLONE_VM),
 * at any moment: locks are tried and never waited for, errno is left alone, nothing is allocated
 * after random_start(). It waits in one case only, a kernel whose generator has no seed yet.
 */
#ifndef OSRANDOM_RANDOM_H
#define OSRANDOM_RANDOM_H

#include <stddef.h>
#include <stdint.h>

enum random_source {
    RANDOM_AUTO, /* the first that works; as a result of random_source(): not started */
    RANDOM_VDSO,
    RANDOM_GETRANDOM,
    RANDOM_GETENTROPY,
    RANDOM_URANDOM,
    /* on Windows only, where the four above are not */
    RANDOM_BCRYPT,
    RANDOM_CRYPTGENRANDOM,
};

/* As in "auto", "vdso", "getrandom", "getentropy", "urandom", "bcrypt", "cryptgenrandom". */
const char *random_source_name(enum random_source source);

/*
 * What was served. A draw counts without an atomic instruction in the stripe that it holds, others
 * in the last one; the sum of all is the whole. A child that a signal handler has forked in the
 * middle of a draw may count that draw twice, or begin with its stripe's figures of the parent.
 */
struct random_tally {
    uint64_t draws; /* calls of random_fill() that were served */
    uint64_t bytes;
    uint32_t life; /* in the last one: see random.c. Zero, like all, in memory that a fork wipes */
} __attribute__((aligned(64)));

enum { RANDOM_STRIPES = 65 };

/* Called on what an operator may want to know, in the thread that draws. error is a positive
 * errno. */
enum random_notice {
    RANDOM_NOTICE_UNSEEDED, /* about to wait until the kernel's generator has a seed */
    RANDOM_NOTICE_LOST,     /* the source failed with this error and the next one serves */
};

typedef void random_notify_function(enum random_notice notice, enum random_source source,
                                    int error);

/*
 * Prepares the sources, from the wanted one on: when it does not work, or stops working later, the
 * next one in the order above serves, within the same call. RANDOM_AUTO begins with the vDSO and
 * passes getentropy() by on Linux, where it is the C library's and may be interposed.
 *
 * tallies are RANDOM_STRIPES of them, in memory that stays; NULL for none. notify may be NULL. In
 * memory that is wiped on fork they also let a child notice that it was forked by a signal handler
 * in the middle of a large draw; it then draws anew what it would have in common with its parent.
 *
 * Returns 0, or the last source's positive errno when none works now; random_fill() tries them all
 * again in that case. Call it once; it is not safe against itself.
 */
int random_start(enum random_source wanted, struct random_tally *tallies,
                 random_notify_function *notify);

/* The source that serves the next draw first. */
enum random_source random_source(void);

/* Returns 0, or a positive errno and a buffer of unspecified content. A length of 0 is served. */
int random_fill(void *buffer, size_t length);

#endif
