/*
 * The programs and modules of this suite, and what is judged of each.
 */
#ifndef OSRANDOM_TESTS_HIDDEN_H
#define OSRANDOM_TESTS_HIDDEN_H

#include <criterion/criterion.h>
#include <criterion/parameterized.h>

#include "ledger.h"
#include "spawn.h"
#include "tree_or_skip.h"

struct carrier {
    char tree[16];
    char name[24]; /* in build/hidden/TREE: a program, or a module by its ".so" */
};

/* Each tree with each of these names, for ParameterizedTestParameters(). */
struct criterion_test_params carriers(const char *const *names);

/* The tree; the test is skipped where programs that are linked to its static libraries crash by
 * themselves, without the shim: the linker of Debian 12 makes such ones of 3.6 and 4.0 on i386. */
const struct tree *linked_tree_or_skip(const char *name);

/* Runs it with one word, a module by a program that the tree's loader runs. env may be NULL. */
struct outcome run_carrier(const struct carrier *carrier, const char *preload,
                           const char *const *env, const char *how);

/* The same for a file elsewhere. */
struct outcome run_file(const struct carrier *carrier, const char *preload, const char *const *env,
                        const char *file, const char *how);

/* As "openssl-3.5, module.so", for messages; the last answer's memory is reused. */
const char *described(const struct carrier *carrier);

/* It ended by itself with 0. */
void expect_end(const struct carrier *carrier, const struct outcome *outcome);

/* Every value that it printed came from the shim; or none did. */
void expect_all_drawn(const struct carrier *carrier, const struct ledger *ledger,
                      const struct outcome *outcome);
void expect_none_drawn(const struct carrier *carrier, const struct ledger *ledger,
                       const struct outcome *outcome);

/* Standard error has this text; NULL: it is empty. */
void expect_said(const struct carrier *carrier, const struct outcome *outcome, const char *text);

#endif
