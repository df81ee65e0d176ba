/*
 * The module in a process of its own: an OpenSSL of the trees, told to load it.
 */
#ifndef OSRANDOM_TESTS_MODULE_H
#define OSRANDOM_TESTS_MODULE_H

#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdbool.h>

#include "ledger.h"
#include "spawn.h"
#include "tree_or_skip.h"

enum { PATH_LENGTH = 4096 };

/* For ParameterizedTestParameters(): the names of the trees whose OpenSSL has engines. */
struct criterion_test_params trees_with_engines(void);

/* A configuration file that loads an engine; settings are further lines of the engine's section. */
struct engine_configuration {
    char path[64];
    char env[96]; /* "OPENSSL_CONF=path" */
};

struct engine_configuration engine_configuration_new(const char *module, const char *settings);
void engine_configuration_free(const struct engine_configuration *configuration);

/* "OPENSSL_ENGINES=" with the directory that a module lies in; free() takes it. */
char *engines_directory(const char *module);

/* Runs that tree's openssl command. */
struct outcome openssl(const struct tree *tree, const char *const *env, const char *const *words);

#endif
