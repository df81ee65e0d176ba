/*
 * What can be said of bytes that claim to be random: that they were written, all of them and
 * nothing else, and that no two draws are the same.
 */
#ifndef OSRANDOM_TESTS_DRAWS_H
#define OSRANDOM_TESTS_DRAWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "random.h"

/* A random_fill() of this length, between canaries: 0, or its error. Fails the test if a byte
 * around the buffer has changed, or if a served one has places left unwritten. */
int draw_checked(size_t length);

/* draw_checked(), which must be served. */
void draw_served(size_t length);

/* random_start(RANDOM_AUTO), with the vDSO as the result. Skips the test where it has no getrandom.
 */
void start_vdso(struct random_tally *tallies);

/* Sixteen bytes: two such draws of all that are ever made are not the same. */
struct draw {
    uint64_t halves[2];
};

/* Memory for that many draws, shared with forked children, all zero. */
struct draw *draws_new(size_t count);

/* How many are all zero or the same as an earlier one. */
size_t draws_worthless(const struct draw *draws, size_t count);

#endif
