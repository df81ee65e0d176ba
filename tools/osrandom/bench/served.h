/*
 * What the shim in this process has served, and by which of the kernel's calls.
 */
#ifndef OSRANDOM_BENCH_SERVED_H
#define OSRANDOM_BENCH_SERVED_H

#include <stdbool.h>
#include <stdint.h>

struct bench_served {
    uint64_t all, by_system; /* bytes */
};

/* False if there is no shim, or nothing was drawn yet. */
bool bench_served(struct bench_served *served);

#endif
