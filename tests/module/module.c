/*
 * See module.h.
 */
#include "module.h"

#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_WORDS = 16, NAME_LENGTH = 16 };

struct criterion_test_params trees_with_engines(void)
{
    static char names[][NAME_LENGTH] = {"openssl-1.1.1", "openssl-3.0", "openssl-3.5",
                                        "openssl-3.6"};

    return cr_make_param_array(char[NAME_LENGTH], names, sizeof(names) / sizeof(names[0]));
}

struct engine_configuration engine_configuration_new(const char *module, const char *settings)
{
    struct engine_configuration configuration = {.path = "/tmp/osrandom-cnf-XXXXXX"};
    int descriptor = mkstemp(configuration.path);

    cr_assert(descriptor >= 0);
    dprintf(descriptor,
            "openssl_conf = start\n[start]\nengines = engines\n[engines]\nosrandom = ours\n"
            "[ours]\ndynamic_path = %s\n%s\n",
            module, settings);
    close(descriptor);
    snprintf(configuration.env, sizeof(configuration.env), "OPENSSL_CONF=%s", configuration.path);
    return configuration;
}

void engine_configuration_free(const struct engine_configuration *configuration)
{
    unlink(configuration->path);
}

char *engines_directory(const char *module)
{
    char *copy = strdup(module);
    char *variable = NULL;

    cr_assert(asprintf(&variable, "OPENSSL_ENGINES=%s", dirname(copy)) > 0);
    free(copy);
    return variable;
}

struct outcome openssl(const struct tree *tree, const char *const *env, const char *const *words)
{
    const char *argv[MOST_WORDS] = {tree->openssl};
    struct command command = {.argv = argv, .env = env, .tree = tree};

    for (size_t i = 0; words[i] && i < MOST_WORDS - 2; i++)
        argv[i + 1] = words[i];
    return run(&command);
}
