/*
 * The ways in which a program comes by OpenSSL, and a probe run in each: every generation, linked
 * at start and loaded late; and the elders, which are inside a program.
 */
#ifndef OSRANDOM_TESTS_WAYS_H
#define OSRANDOM_TESTS_WAYS_H

#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdbool.h>

#include "ledger.h"
#include "spawn.h"
#include "tree_or_skip.h"

struct way {
    char tree[16];
    enum { LINKED, LATE, INSIDE } how;
};

/* For ParameterizedTestParameters(): all ways, one a generation, or all and those of the elders,
 * 1.0.1 to 1.1.0, for which the ELDER_PROBES of suite.mk are built. */
struct criterion_test_params all_ways(void);
struct criterion_test_params ways_and_elders(void);
struct criterion_test_params linked_ways(void);

/* Its tree; the test is skipped, with the reason, if it has not been fetched. */
const struct tree *tree_of(const struct way *way);

/* OpenSSL's version there, as 0x30500: comparable with <. */
unsigned int version_of(const struct way *way);

/* Runs a probe with up to four words, NULL for fewer. */
struct outcome probe(const struct way *way, const char *preload, const char *const *env,
                     const char *name, const char *const *words);

/* As "openssl-3.0, loaded late", for messages; the last answer's memory is reused. */
const char *described(const struct way *way);

/* The values of the lines of these names are bytes that the shim handed out; or are not. */
void expect_drawn(const struct way *way, const struct ledger *ledger, const struct outcome *outcome,
                  const char *const *names);
void expect_not_drawn(const struct way *way, const struct ledger *ledger,
                      const struct outcome *outcome, const char *const *names);

/* A line "name=number" has this number. */
void expect_number(const struct way *way, const struct outcome *outcome, const char *name,
                   long number);

/* The probe ended by itself with 0, and printed nothing on standard error but these bytes. */
void expect_clean(const struct way *way, const struct outcome *outcome, const char *err);

#endif
