/*
 * The proof that a reseed took: a process of our own that drew before it.
 *
 * What a draw yields cannot show that: two draws differ anyway. So the witness puts the state of
 * its vDSO's getrandom() back to what it was before a draw, as CRIU or a snapshot does, and draws
 * again. As long as the kernel keeps its seed that yields the same bytes; after a reseed it must
 * not.
 */
#ifndef OSRANDOM_WITNESS_H
#define OSRANDOM_WITNESS_H

#include <sys/types.h>

struct witness {
    pid_t process;
    int channel;
};

enum testimony {
    WITNESS_DRAWS_ANEW,
    WITNESS_REPEATS, /* the reseed did not take */
    WITNESS_CANNOT,  /* there is no getrandom() in the vDSO (before Linux 6.11), or no process */
};

/* It has drawn when this returns. */
struct witness witness_call(void);

/* To be asked once, after the reseed; it ends. */
enum testimony witness_ask(struct witness *witness);

/* Two plain draws: NULL if system call and vDSO (where there is one) give bytes, neither zero nor
 * alike; otherwise a sentence that free() takes. */
char *draws_are_plausible(void);

#endif
