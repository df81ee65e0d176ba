/*
 * The kernel's generator, as random(4) has it for those with CAP_SYS_ADMIN.
 */
#ifndef OSRANDOM_GENERATOR_H
#define OSRANDOM_GENERATOR_H

#include <stdbool.h>

#include "seed.h"

/* NULL, or why not, a sentence that free() takes. */
char *generator_mix(const struct seed *seed);

/* Has it take its next key from all that was mixed in: from then on it, the states of the vDSO and
 * so each process draw anew. NULL, or why not. */
char *generator_reseed(void);

/* Whether it does so whatever was credited: since Linux 5.18, and in the 5.15.44, 5.10.119, 5.4.200
 * and later of those series. Before that it answered yes and kept its key; 5.17, which lived for
 * three months, is not told apart. */
bool generator_is_of_today(void);

#endif
