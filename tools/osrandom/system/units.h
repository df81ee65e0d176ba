/*
 * systemd's units, where it runs.
 */
#ifndef OSRANDOM_UNITS_H
#define OSRANDOM_UNITS_H

#include <stdbool.h>

bool systemd_runs(void);

/* A unit with ProtectSystem=strict and a user of its own starts, and has the shim; entry stands in
 * its LD_PRELOAD, unless it is NULL. A line says so, or a complaint. */
bool unit_goes_well(const char *shim, const char *entry);

/* A line for each running service whose settings keep the shim away from it. */
void tell_of_fences(const char *shim);

#endif
