/*
 * Keys that are made inside a FIPS provider, in processes 1 of nested PID namespaces.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hidden.h"

TestSuite(fips, .timeout = 300);

enum { PROCESSES = 3, KEYS = 2 * PROCESSES, CANNOT_RUN = 77 };

static const char *const modes[] = {"OSRANDOM_MODE=activate", "OSRANDOM_MODE=reseed"};
static const char *const trees[] = {"openssl-3.5", "openssl-3.6", "openssl-4.0"};

static struct criterion_test_params all_trees(void)
{
    static struct carrier all[3];

    for (size_t i = 0; i < 3; i++) {
        snprintf(all[i].tree, sizeof(all[i].tree), "%s", trees[i]);
        strcpy(all[i].name, "FIPS provider");
    }
    return cr_make_param_array(struct carrier, all, 3);
}

static struct outcome run_fips(const struct carrier *carrier, const char *preload,
                               const char *const *env)
{
    static const char script[] =
        "configuration=$(tests/support/fips_config \"$1\" \"$2\" \"$3\" \"$4\") && "
        "export OPENSSL_CONF=\"$configuration\" OPENSSL_MODULES=\"$2/ossl-modules\" && "
        "shift 4 && exec \"$@\"";
    const struct tree *tree = tree_or_skip(carrier->tree);
    char directory[] = "/tmp/osrandom-fips-XXXXXX", program[64];
    struct outcome outcome, removed;

    cr_assert(mkdtemp(directory) != NULL);
    snprintf(program, sizeof(program), "hidden/%s/fips", carrier->tree);
    outcome = run_words(NULL, NULL, env, "sh", "-ec", script, "sh", tree->loader, tree->libraries,
                        tree->openssl, directory, tree->loader, "--library-path", tree->libraries,
                        "--preload", preload ? preload : "", built(program), NULL);
    removed = run_words(NULL, NULL, NULL, "rm", "-r", directory, NULL);
    outcome_free(&removed);
    if (outcome.exit_code == CANNOT_RUN)
        cr_skip_test("%s", outcome.out);
    expect_end(carrier, &outcome);
    return outcome;
}

/* How many of the first of these keys are equal to an earlier one. */
static int repeated(const struct outcome *outcome, int keys)
{
    char *values[KEYS], name[16];
    int repeats = 0;

    for (int i = 0; i < keys; i++) {
        snprintf(name, sizeof(name), "key.%d", i);
        values[i] = outcome_value(outcome, name);
        cr_assert(values[i] && strspn(values[i], "0") < strlen(values[i]), "there is no %s", name);
        for (int earlier = 0; earlier < i; earlier++)
            if (strcmp(values[i], values[earlier]) == 0) {
                repeats++;
                break;
            }
    }
    for (int i = 0; i < keys; i++)
        free(values[i]);
    return repeats;
}

static void expect_each(const struct carrier *carrier, const struct outcome *outcome,
                        const char *what, const char *failure)
{
    for (int i = 0; i < PROCESSES; i++) {
        char name[24], *value;

        snprintf(name, sizeof(name), "%s.%d", what, i);
        value = outcome_value(outcome, name);
        cr_expect(value && strcmp(value, "1") == 0, "%s: %s (%s=%s)", described(carrier), failure,
                  name, value);
        free(value);
    }
}

ParameterizedTestParameters(fips, copies_of_a_process_make_keys_of_their_own)
{
    return all_trees();
}

ParameterizedTest(struct carrier *carrier, fips, copies_of_a_process_make_keys_of_their_own)
{
    struct outcome stock = run_fips(carrier, NULL, NULL);

    cr_expect(repeated(&stock, PROCESSES) == PROCESSES - 1,
              "%s: stock no longer repeats its keys, so this test proves nothing",
              described(carrier));
    outcome_free(&stock);
    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        struct outcome shim = run_fips(carrier, the_shim(), WORDS(modes[i]));

        cr_expect(repeated(&shim, KEYS) == 0, "%s, %s: two processes made the same key:\n%s",
                  described(carrier), modes[i], shim.out);
        outcome_free(&shim);
    }
}

ParameterizedTestParameters(fips, the_provider_stays_in_use_and_passes_its_tests)
{
    return all_trees();
}

ParameterizedTest(struct carrier *carrier, fips, the_provider_stays_in_use_and_passes_its_tests)
{
    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        struct outcome shim = run_fips(carrier, the_shim(), WORDS(modes[i]));

        expect_each(carrier, &shim, "provider", "a key is another provider's");
        expect_each(carrier, &shim, "tested", "the provider's self-tests fail");
        expect_each(carrier, &shim, "process", "the program itself is told another process number");
        outcome_free(&shim);
    }
}
