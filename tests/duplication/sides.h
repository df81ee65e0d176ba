/*
 * The sides of each scenario: stock OpenSSL and the same under the shim, or with the provider, in
 * one test.
 *
 * A program that cannot run here skips the test with the reason that it gives.
 */
#ifndef OSRANDOM_TESTS_SIDES_H
#define OSRANDOM_TESTS_SIDES_H

#include <stdbool.h>
#include <stddef.h>

#include "spawn.h"

/* SHIM_GETRANDOM: with OSRANDOM_SOURCE=getrandom; SHIM_RESEED: with OSRANDOM_MODE=reseed; PROVIDER:
 * nothing but openssl.cnf, for 3.0 to 4.0. */
enum side { STOCK, SHIM, SHIM_GETRANDOM, SHIM_RESEED, PROVIDER };

/* OpenSSL 3.0 to 4.0: those that are known to repeat. NULL ends the list. */
extern const char *const repeating_trees[];

/* The same and 1.1.1, which mixes the processor's clock into each draw and so differs mostly. */
extern const char *const all_trees[];

/* The unpacked tree; the test is skipped without it. */
const struct tree *need_tree(const char *name);

/* A program of tests/duplication/programs, linked to the tree's OpenSSL, that must end well. */
struct outcome run_side(enum side side, const struct tree *tree, const char *program,
                        const char *how, const char *count);

/* "stock", "the shim", "the shim with ...", "the provider". */
const char *side_name(enum side side);

/* The whole number in a line "name=number". */
size_t number_in(const struct outcome *outcome, const char *name);

/* Judges the lines "kind.number=hex" of so many processes, for each kind that draws.h has. */
void expect_repeats(const struct outcome *outcome, int processes, const char *what);
void expect_differs(const struct outcome *outcome, int processes, const char *what);

/* Whether two of them agree in any kind. */
bool repeats_at_all(const struct outcome *outcome, int processes, const char *what);

#endif
