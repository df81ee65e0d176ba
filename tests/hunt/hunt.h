/*
 * What the hunts share: how long each may go on, and what it needs.
 */
#ifndef OSRANDOM_TESTS_HUNT_H
#define OSRANDOM_TESTS_HUNT_H

#include <stdbool.h>

#include "spawn.h"

/* The environment's number of this name, or what stands for it, and with OSRANDOM_TEST_ALL=1. */
unsigned int hunt_number(const char *name, unsigned int quick, unsigned int whole);

/* Skips the test unless it is asked for by name=... or by OSRANDOM_TEST_ALL=1. */
void hunt_only_if_all(const char *name);

/* The file of the build, or the test is skipped for this reason. */
const char *hunt_built(const char *file, const char *reason);

/* Skips the test if there is no program of this name. */
void hunt_need(const char *program, const char *package);

/* The number in a line "name=number" of the output; the test fails if there is none. */
double hunt_figure(const struct outcome *outcome, const char *name);

#endif
