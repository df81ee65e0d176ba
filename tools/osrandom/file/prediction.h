/*
 * Whether the shim will cover a program, told from its files.
 */
#ifndef OSRANDOM_PREDICTION_H
#define OSRANDOM_PREDICTION_H

#include <stddef.h>

#include "program.h"

enum verdict {
    VERDICT_COVERED,
    VERDICT_PROVIDER, /* the shim cannot reach it, and openssl.cnf has it draw from the provider */
    VERDICT_NOTHING,  /* there is no OpenSSL in it */
    VERDICT_UNKNOWN,
    VERDICT_GUARDED, /* a hidden copy keeps its generator, and is made to notice forks */
    VERDICT_UNCOVERED,
};

enum predict_for {
    PREDICT_FOR_ANYONE,    /* a set-user-ID program counts as such */
    PREDICT_FOR_THIS_USER, /* it does not when its own user starts it */
};

struct prediction {
    enum verdict verdict;
    const char *why;    /* one clause; NULL when covered; why not by the shim, if by the provider */
    const char *remedy; /* what would cover it; NULL if nothing is known */
    char **facts;       /* how it gets OpenSSL, a clause each */
    size_t fact_count;
};

/* The program, which may be a library too, has a path and no error. shim: the file that would be
 * preloaded, or NULL; /etc/ld.so.preload is looked at besides. */
struct prediction predict(const struct program *program, const char *shim, enum predict_for whom);
void prediction_free(struct prediction *prediction);

/* "not covered", and the same as a word for programs: "uncovered". */
const char *verdict_name(enum verdict verdict);
const char *verdict_word(enum verdict verdict);

#endif
