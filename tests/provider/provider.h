/*
 * The module as a provider: an OpenSSL of the trees, with nothing but a configuration file.
 */
#ifndef OSRANDOM_TESTS_PROVIDER_H
#define OSRANDOM_TESTS_PROVIDER_H

#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdbool.h>

#include "configuration.h"
#include "ledger.h"
#include "spawn.h"
#include "tree_or_skip.h"

enum { PATH_LENGTH = 4096 };

/* For ParameterizedTestParameters(): the names of the trees whose OpenSSL has providers. */
struct criterion_test_params trees_with_providers(void);

/* A copy of the ledger's module that everyone may read, as an installed one, wherever the checkout
 * lies: osrandom explain asks for that. It goes with the test, if its suite's fini is the other. */
const char *a_readable_module(void);
void remove_readable_module(void);

/* Runs that tree's openssl command. */
struct outcome openssl(const struct tree *tree, const char *const *env, const char *const *words);

/* Runs a probe that is linked to the tree's OpenSSL; it must end well. */
struct outcome probe(const struct tree *tree, const char *const *env, const char *name,
                     const char *how);

#endif
