/*
 * openssl.cnf for a test: the examples that an operator is to append, with a module of the build in
 * them.
 */
#ifndef OSRANDOM_TESTS_CONFIGURATION_H
#define OSRANDOM_TESTS_CONFIGURATION_H

#include <stdbool.h>

#include "trees.h"

/* The module, and the one that writes what it hands out to a ledger. */
const char *the_module(void);
const char *the_ledger_module(void);

/* Whether that OpenSSL knows random_provider: from 3.5 on. */
bool knows_random_provider(const struct tree *tree);

/* A configuration in a file of its own. */
struct configuration {
    char path[64];
    char env[96]; /* "OPENSSL_CONF=path" */
};

/* With that text; with the example that is meant for this OpenSSL, and this module in it. */
struct configuration configuration_of(const char *text);
struct configuration configuration_for(const struct tree *tree, const char *module);
void configuration_free(const struct configuration *configuration);

/* The text of tools/examples/openssl-cnf/NAME, with this module in it; free() takes it. */
char *example(const char *name, const char *module);

#endif
