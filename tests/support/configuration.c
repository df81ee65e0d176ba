/*
 * See configuration.h.
 */
#include "configuration.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_LENGTH = 4096, MOST_TEXT = 16384 };

const char *the_module(void)
{
    return built("engines/osrandom.so");
}

const char *the_ledger_module(void)
{
    return built("ledger/engines/osrandom.so");
}

bool knows_random_provider(const struct tree *tree)
{
    return strcmp(tree->name, "openssl-3.0") != 0;
}

struct configuration configuration_of(const char *text)
{
    struct configuration configuration = {.path = "/tmp/osrandom-cnf-XXXXXX"};
    int descriptor = mkstemp(configuration.path);

    cr_assert(descriptor >= 0);
    dprintf(descriptor, "%s", text);
    fchmod(descriptor, 0644);
    close(descriptor);
    snprintf(configuration.env, sizeof(configuration.env), "OPENSSL_CONF=%s", configuration.path);
    return configuration;
}

char *example(const char *name, const char *module)
{
    static const char installed[] = "/usr/local/lib/osrandom/osrandom.so";
    char path[PATH_LENGTH], text[MOST_TEXT], *place, *whole = NULL;
    size_t length;
    FILE *file;

    snprintf(path, sizeof(path), "tools/examples/openssl-cnf/%s", name);
    file = fopen(path, "r");
    cr_assert(file, "there is no %s", path);
    length = fread(text, 1, sizeof(text) - 1, file);
    fclose(file);
    text[length] = '\0';
    place = strstr(text, installed);
    cr_assert(place, "%s names no module", path);
    cr_assert(asprintf(&whole, "%.*s%s%s", (int)(place - text), text, module,
                       place + strlen(installed)) > 0);
    return whole;
}

struct configuration configuration_for(const struct tree *tree, const char *module)
{
    char *lines =
        example(knows_random_provider(tree) ? "osrandom-3.5.cnf" : "osrandom-3.0.cnf", module);
    char *text = NULL;
    struct configuration configuration;

    cr_assert(asprintf(&text, "openssl_conf = openssl_init\n%s", lines) > 0);
    configuration = configuration_of(text);
    free(lines);
    free(text);
    return configuration;
}

void configuration_free(const struct configuration *configuration)
{
    unlink(configuration->path);
}
