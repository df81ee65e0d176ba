/*
 * The module as a provider: an OpenSSL of the trees, with nothing but a configuration file.
 */
#ifndef OSRANDOM_TESTS_PROVIDER_H
#define OSRANDOM_TESTS_PROVIDER_H

#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdbool.h>

#include "ledger.h"
#include "spawn.h"
#include "tree_or_skip.h"

enum { PATH_LENGTH = 4096 };

/* For ParameterizedTestParameters(): the names of the trees whose OpenSSL has providers. */
struct criterion_test_params trees_with_providers(void);

/* The module, and the one that writes what it hands out to a ledger. */
const char *the_module(void);
const char *the_ledger_module(void);

/* Whether that OpenSSL knows random_provider: from 3.5 on. */
bool knows_random_provider(const struct tree *tree);

/* A configuration file in a file of its own. */
struct configuration {
    char path[64];
    char env[96]; /* "OPENSSL_CONF=path" */
};

/* With that text; with the example that an operator is to use for this OpenSSL, and this module in
 * it. */
struct configuration configuration_of(const char *text);
struct configuration configuration_for(const struct tree *tree, const char *module);
void configuration_free(const struct configuration *configuration);

/* The text of an example, tools/examples/openssl-cnf/NAME, with this module in it; free() takes it.
 */
char *example(const char *name, const char *module);

/* Runs that tree's openssl command. */
struct outcome openssl(const struct tree *tree, const char *const *env, const char *const *words);

/* Runs a probe that is linked to the tree's OpenSSL; it must end well. */
struct outcome probe(const struct tree *tree, const char *const *env, const char *name,
                     const char *how);

#endif
