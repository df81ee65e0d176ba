/*
 * A reseed as a whole: mixed in, done, checked.
 */
#ifndef OSRANDOM_RESEED_H
#define OSRANDOM_RESEED_H

#include "machine.h"
#include "seed.h"
#include "witness.h"

struct reseeded {
    struct machine machine;   /* what it had */
    enum testimony testimony; /* WITNESS_DRAWS_ANEW or WITNESS_CANNOT */
};

/* Mixes in what was given and, gathered here, what the machine has. NULL if the kernel reseeded and
 * nothing shows that it did not; otherwise a sentence that free() takes. */
char *kernel_reseed(const struct seed *given, struct seed *gathered, struct reseeded *reseeded);

#endif
