/*
 * What the machine has to tell one clone from another, when nobody hands bytes in.
 */
#ifndef OSRANDOM_MACHINE_H
#define OSRANDOM_MACHINE_H

#include <stdbool.h>

#include "seed.h"

struct machine {
    const char *processor; /* "RDSEED", "RDRAND", "RNDR": its generator, which serves; or NULL */
    int device_bytes;      /* of /dev/hwrng, which is the host's where it is virtio's */
    bool clocks, vmclock, serial;
};

/* Adds all of it to the seed, in at most a second. */
struct machine machine_gather(struct seed *seed);

/* The bits by which it tells clones apart for certain, if its generators keep their promise: clocks
 * and names count nothing, and of the device only what lies behind what its driver may have had
 * before. */
int machine_worth(const struct machine *machine);

/* "32 bytes of RDSEED, the clocks, ...", which free() takes. */
char *machine_in_words(const struct machine *machine);

/* The counter of the processor's that clocks are made of; 0 where it cannot be read. */
unsigned long long machine_counter(void);

/* Whether that counts at one rate, whatever the processor does. */
bool machine_counter_is_steady(void);

#endif
