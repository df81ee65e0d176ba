/*
 * What is tried before and after the switch: that programs of all kinds start with the shim, have
 * it, and say and do what they do without it. A line each on standard output, or a complaint.
 */
#ifndef OSRANDOM_TRIALS_H
#define OSRANDOM_TRIALS_H

#include <stdbool.h>

struct switching {
    const char *shim; /* its path, without links */
    char *entry;      /* what /etc/ld.so.preload shall say */
};

enum moment {
    BEFORE, /* nothing is switched on: on a stage */
    AFTER,  /* the machine's own /etc/ld.so.preload */
    BEFORE_AT_BOOT,
    AFTER_AT_BOOT, /* no service runs yet, nor has the machine a network */
};

/* Whether all went well. */
bool all_goes_well(struct switching *switching, enum moment moment);

/* `osrandom system probe`: says on one line whether it is in secure execution, and which shim it
 * has. */
int probe(void);

#endif
