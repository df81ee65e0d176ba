/*
 * The vDSO's pool beyond the processors of this machine: how often draws at one time want the same
 * slot, by the hash that the shim has, and what that costs.
 */
#ifndef OSRANDOM_PERF_SLOTS_H
#define OSRANDOM_PERF_SLOTS_H

/* Prints both; returns an exit status. */
int slots_all(void);

#endif
