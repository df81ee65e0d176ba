/*
 * Checkpoints: one process image, restored so many times.
 */
#ifndef OSRANDOM_TESTS_CRIU_H
#define OSRANDOM_TESTS_CRIU_H

#include "spawn.h"

enum { RESTORES = 3 };

/* Skips the test where checkpoints cannot be made; first of all. */
void criu_begin(void);

/* A directory of the test's own, for the program's word; it is removed in the end. */
const char *criu_directory(void);

/* What all restored processes drew, and then their children, by tests/duplication/programs/draws.h.
 * start: what the program "checkpoint" printed. tree: CRIU's. */
struct outcome criu_restores(const struct outcome *start, const struct tree *tree);

/* What the program had on standard error, until now. */
struct outcome criu_messages(void);

#endif
