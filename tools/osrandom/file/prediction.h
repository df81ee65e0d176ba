/*
 * Whether the shim will cover a program, told from its files.
 */
#ifndef OSRANDOM_PREDICTION_H
#define OSRANDOM_PREDICTION_H

#include <stddef.h>

#include "program.h"

enum verdict {
    VERDICT_COVERED,
    VERDICT_NOTHING, /* there is no OpenSSL in it */
    VERDICT_UNKNOWN,
    VERDICT_UNCOVERED,
};

enum predict_for {
    PREDICT_FOR_ANYONE,    /* a set-user-ID program counts as such */
    PREDICT_FOR_THIS_USER, /* it does not when its own user starts it */
};

struct prediction {
    enum verdict verdict;
    const char *why;    /* one clause; NULL when covered */
    const char *remedy; /* what would cover it; NULL if nothing is known */
    char **facts;       /* how it gets OpenSSL, a clause each */
    size_t fact_count;
};

/* The program has a path and no error. */
struct prediction predict(const struct program *program, const char *shim, enum predict_for whom);
void prediction_free(struct prediction *prediction);

const char *verdict_name(enum verdict verdict);

#endif
