/*
 * How much memory the shim has to itself in this process.
 */
#ifndef OSRANDOM_BENCH_FOOTPRINT_H
#define OSRANDOM_BENCH_FOOTPRINT_H

/* Bytes: the private pages of its object, and all that it has mapped: the states of the vDSO's
 * slots and the counters. -1 if they cannot be told. */
long bench_memory_of_shim(void);

#endif
