/*
 * A process becomes two, with nothing but the provider: what repeats on stock OpenSSL differs. The
 * program is duplication's; the generators of RAND_bytes() and the keys are OpenSSL's own default.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "provider.h"

enum { CANNOT_RUN = 77, KINDS = 5 };

static const char *const kinds[KINDS] = {"bytes", "priv_bytes", "x25519", "nonce", "hello"};

static char *value_of(const struct outcome *outcome, const char *kind, int process)
{
    char name[32];
    char *value;

    snprintf(name, sizeof(name), "%s.%d", kind, process);
    value = outcome_value(outcome, name);
    cr_assert(value, "process %d drew no %s: %s", process, kind, outcome->err);
    return value;
}

static bool agree(const struct outcome *outcome, const char *kind, int one, int other)
{
    char *first = value_of(outcome, kind, one), *second = value_of(outcome, kind, other);
    bool same = strcmp(first, second) == 0;

    free(first);
    free(second);
    return same;
}

static struct outcome run_forks(const struct tree *tree, const char *env, const char *how)
{
    char path[PATH_LENGTH];
    struct outcome outcome;

    snprintf(path, sizeof(path), "duplication/%s/forks", tree->name);
    outcome = run_words(NULL, tree, WORDS(env), built(path), how, NULL);
    if (outcome.exit_code == CANNOT_RUN)
        cr_skip_test("%s", outcome.out);
    cr_assert(outcome.exit_code == 0, "%s: forks %s ended with %d: %s", tree->name, how,
              outcome.exit_code, outcome.err);
    return outcome;
}

static void try_both(const struct tree *tree, const char *how, int processes)
{
    struct configuration ours = configuration_for(tree, the_module());
    struct outcome stock = run_forks(tree, "OPENSSL_CONF=/dev/null", how);
    struct outcome provider = run_forks(tree, ours.env, how);

    for (size_t i = 0; i < KINDS; i++)
        for (int other = 1; other < processes; other++) {
            cr_expect(agree(&stock, kinds[i], 0, other),
                      "%s, %s: stock no longer repeats its %s, so this test proves nothing",
                      tree->name, how, kinds[i]);
            for (int one = 0; one < other; one++)
                cr_expect(!agree(&provider, kinds[i], one, other),
                          "%s, %s: with the provider two processes drew the same %s", tree->name,
                          how, kinds[i]);
        }
    outcome_free(&stock);
    outcome_free(&provider);
    configuration_free(&ours);
}

ParameterizedTestParameters(provided_forks, share_nothing)
{
    return trees_with_providers();
}

ParameterizedTest(char *name, provided_forks, share_nothing)
{
    const struct tree *tree = tree_or_skip(name);

    try_both(tree, "nested", 3);
    try_both(tree, "raw-clone", 2);
    try_both(tree, "daemon", 2);
}

/* A CTR-DRBG that a program makes itself, with a default generator as its parent, takes a seed from
 * ours before each draw. On stock, parent and child are copied as one. */
ParameterizedTestParameters(provided_forks, share_nothing_through_a_programs_own_generator)
{
    return trees_with_providers();
}

ParameterizedTest(char *name, provided_forks, share_nothing_through_a_programs_own_generator)
{
    const struct tree *tree = tree_or_skip(name);
    struct configuration ours = configuration_for(tree, the_module());
    const char *const envs[] = {"OPENSSL_CONF=/dev/null", ours.env};
    char path[PATH_LENGTH];

    snprintf(path, sizeof(path), "probes/%s/provider", tree->name);
    for (int i = 0; i < 2; i++) {
        struct outcome outcome = run_words(NULL, tree, WORDS(envs[i]), built(path), "nested", NULL);
        char *outer = outcome_value(&outcome, "outer"), *inner = outcome_value(&outcome, "inner");

        if (outcome.exit_code == CANNOT_RUN)
            cr_skip_test("%s", outcome.out);
        cr_assert(outer && inner, "%s: %s%s", name, outcome.out, outcome.err);
        cr_expect((strcmp(outer, inner) == 0) == (i == 0), "%s: %s: %s", name,
                  i ? "the provider's child repeats" : "stock's no longer repeats", outcome.out);
        free(outer);
        free(inner);
        outcome_free(&outcome);
    }
    configuration_free(&ours);
}
