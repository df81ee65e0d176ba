/*
 * See provider.h.
 */
#include "provider.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_WORDS = 16, NAME_LENGTH = 16 };

struct criterion_test_params trees_with_providers(void)
{
    static char names[][NAME_LENGTH] = {"openssl-3.0", "openssl-3.5", "openssl-3.6", "openssl-4.0"};

    return cr_make_param_array(char[NAME_LENGTH], names, sizeof(names) / sizeof(names[0]));
}

static char readable[] = "/tmp/osrandom-module-XXXXXX/osrandom.so";
static char *const end_of_directory = readable + sizeof("/tmp/osrandom-module-XXXXXX") - 1;
static bool is_copied;

const char *a_readable_module(void)
{
    struct outcome copied;

    if (is_copied)
        return readable;
    *end_of_directory = '\0';
    cr_assert(mkdtemp(readable) && chmod(readable, 0755) == 0);
    *end_of_directory = '/';
    is_copied = true;
    copied =
        run_words(NULL, NULL, NULL, "install", "-m", "644", the_ledger_module(), readable, NULL);
    cr_assert(copied.exit_code == 0, "%s", copied.err);
    outcome_free(&copied);
    return readable;
}

void remove_readable_module(void)
{
    if (!is_copied)
        return;
    unlink(readable);
    *end_of_directory = '\0';
    rmdir(readable);
}

struct outcome openssl(const struct tree *tree, const char *const *env, const char *const *words)
{
    const char *argv[MOST_WORDS] = {tree->openssl};
    struct command command = {.argv = argv, .env = env, .tree = tree};

    for (size_t i = 0; words[i] && i < MOST_WORDS - 2; i++)
        argv[i + 1] = words[i];
    return run(&command);
}

struct outcome probe(const struct tree *tree, const char *const *env, const char *name,
                     const char *how)
{
    char path[PATH_LENGTH];
    struct outcome outcome;

    snprintf(path, sizeof(path), "probes/%s/%s", tree->name, name);
    outcome = run_words(NULL, tree, env, built(path), how, NULL);
    cr_assert(outcome.exit_code == 0, "%s: the probe %s %s ended with %d, signal %d: %s",
              tree->name, name, how ? how : "", outcome.exit_code, outcome.signal, outcome.err);
    return outcome;
}
