/*
 * Runs a program as a child and keeps what it said: every behaviour is judged by a real process,
 * its exit status and its exact output.
 */
#ifndef OSRANDOM_TESTS_SPAWN_H
#define OSRANDOM_TESTS_SPAWN_H

#include <stdbool.h>
#include <stddef.h>

#include "trees.h"

/* A list that ends with NULL. */
#define WORDS(...)                                                                                 \
    (const char *const[])                                                                          \
    {                                                                                              \
        __VA_ARGS__, NULL                                                                          \
    }

struct command {
    const char *const *argv; /* ends with NULL */
    const char *const *env;  /* NAME=VALUE to set, ends with NULL; or NULL */
    const char *preload;     /* LD_PRELOAD, or NULL for none */
    const struct tree *tree; /* whose loader and libraries run it, or NULL for the host's own */
    const char *input;       /* standard input, or NULL for an empty one */
    size_t input_length;
    unsigned int seconds; /* it is killed after so many; 0: 600 */
};

struct outcome {
    int exit_code; /* -1: it did not exit by itself */
    int signal;    /* that ended it, or 0 */
    bool timed_out;
    char *out; /* standard output and its length; a NUL follows */
    size_t out_length;
    char *err; /* the same of standard error */
    size_t err_length;
};

/* LD_PRELOAD and OSRANDOM_* of the test's own environment are not handed on. Never fails: what goes
 * wrong is an exit code of 127 and a sentence in err. */
struct outcome run(const struct command *command);

/* run() of a few words: run_words(preload, tree, env, "openssl", "rand", "-hex", "8", NULL). */
struct outcome run_words(const char *preload, const struct tree *tree, const char *const *env, ...)
    __attribute__((sentinel));

void outcome_free(struct outcome *outcome);

/* The value in a line "name=value" of the output, in memory that free() takes; NULL if there is no
 * such line. */
char *outcome_value(const struct outcome *outcome, const char *name);

#endif
