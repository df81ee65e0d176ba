/*
 * What the shim's status block says inside the process itself; nothing on stock.
 */
#ifndef OSRANDOM_PROBE_SERVED_H
#define OSRANDOM_PROBE_SERVED_H

#include <dlfcn.h>

#include "status.h"

static inline const struct osrandom_status *status_here(void)
{
    return dlsym(RTLD_DEFAULT, "osrandom_status");
}

static inline const struct osrandom_counters *counters_here(void)
{
    const struct osrandom_status *status = status_here();

    return status ? (const struct osrandom_counters *)(uintptr_t)status->counters : NULL;
}

/* Draws that the shim has served since the process was forked. */
static inline long draws_served(void)
{
    const struct osrandom_counters *counters = counters_here();
    long draws = 0;

    for (size_t i = 0; counters && i < RANDOM_STRIPES; i++)
        draws += (long)counters->tallies[i].draws;
    return draws;
}

static inline long swaps_counted(void)
{
    const struct osrandom_counters *counters = counters_here();

    return counters ? (long)counters->swaps : 0;
}

#endif
