/*
 * Judges a process by what it has mapped and by what the shim's status block in it says.
 */
#ifndef OSRANDOM_COVERAGE_H
#define OSRANDOM_COVERAGE_H

#include "look.h"

void coverage_start(const char *shim, const char *module);

/* Fills in all but the pid and the identity. May wait without end: see mounts.h. */
void coverage_of(pid_t pid, struct look *look);

#endif
