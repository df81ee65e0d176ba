/*
 * What the tests of this suite share: a program played under the shim that keeps a ledger, and what
 * is to be seen of it.
 */
#ifndef OSRANDOM_TESTS_SURROUNDINGS_H
#define OSRANDOM_TESTS_SURROUNDINGS_H

#include <criterion/criterion.h>
#include <stdbool.h>

#include "ledger.h"
#include "spawn.h"

/* A file of build/surroundings. */
#define OURS(file) built("surroundings/" file)

struct scene {
    const char *const *words;
    const char *setting; /* NAME=VALUE, or NULL */
    const char *other;   /* another one */
    const char *preload; /* NULL: the shim that keeps a ledger, alone */
    bool by_hand;        /* the words set LD_PRELOAD themselves */
    const struct tree *tree;
    unsigned int seconds; /* as in struct command */
};

struct played {
    const char *what; /* its last words, for messages */
    struct outcome outcome;
    struct ledger *ledger;
};

/* Skips the test if the program says that it cannot run here. */
struct played play(const struct scene *scene);
void played_free(struct played *played);

/* It ended by itself with 0, and said this on standard error: "" for nothing; else a part of it. */
void expect_end(const struct played *played, const char *err);

/* The lines of these names hold bytes that the shim handed out; or that OpenSSL's own made. */
void expect_ours(const struct played *played, const char *const *names);
void expect_not_ours(const struct played *played, const char *const *names);

/* A line "name=value"; and one whose number is at least that. */
void expect_value(const struct played *played, const char *name, const char *value);
void expect_at_least(const struct played *played, const char *name, unsigned long number);

/* Skips the test unless this is root and may mount in a namespace of its own. */
void need_mounts(void);

/* Whether this system's libcrypto is linked with -Bsymbolic: it then draws past the names that the
 * shim defines, and one that is loaded late and unseen is found at the first draw from outside. */
bool openssl_is_symbolic(void);

/* "one:other", in memory that stays. */
const char *both(const char *one, const char *other);

#endif
