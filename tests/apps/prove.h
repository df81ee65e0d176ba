/*
 * Runs a program of the table in a box, and proves that what it drew came from the shim.
 */
#ifndef OSRANDOM_TESTS_APPS_PROVE_H
#define OSRANDOM_TESTS_APPS_PROVE_H

#include "spawn.h"

/* Once under the shim, where every find must be in the ledger; and once with OSRANDOM_MODE=builtin,
 * where none may be: that is the program's own OpenSSL, seen by the same eyes. */
void prove(const char *name);

/* The same, for a program that only tools/check --all is to run: else it is skipped. */
void prove_if_all(const char *name);

/* The same, with nothing but the provider in openssl.cnf; and without that, where no find may be in
 * the ledger. */
void prove_provider(const char *name);

/* The path of a tree of tests/apps/tree, made if it has to be; skips the test if it cannot be. */
char *tree_of_programs(const char *name);

/* Runs the script in a box, with words.sh in front; skips the test where there can be no box. An
 * exit status of 77 means that the test is to be skipped, for the reason on its standard error. */
struct outcome run_in_box(const char *root, const char *shim, const char *ledger, const char *file,
                          const char *script);

#endif
