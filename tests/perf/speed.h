/*
 * The rows about time: draws, threads, bulk, keys and handshakes.
 */
#ifndef OSRANDOM_PERF_SPEED_H
#define OSRANDOM_PERF_SPEED_H

#include "bench/compare.h"
#include "trees.h"

struct effort {
    size_t rounds;
    unsigned int milliseconds;      /* a batch of draws */
    unsigned int long_milliseconds; /* a batch of keys or handshakes */
    size_t windows;                 /* of threads */
    size_t keys;                    /* RSA; 0: none */
    size_t starts;                  /* of programs */
    bool instructions;              /* count those of the starts as well */
};

/* The measuring program of a tree, with the shim or without, and with OSRANDOM_SOURCE set or not;
 * NULL if it cannot be started. */
struct bench_worker *worker_of(const struct tree *tree, const char *preload, const char *source);

void speed_rows(const struct tree *tree, const struct effort *effort);

#endif
