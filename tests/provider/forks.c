/*
 * Generators that a program makes itself, below one of the provider's: a copy of the process
 * repeats nothing. What OpenSSL draws otherwise is tried in tests/duplication.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "provider.h"

enum { CANNOT_RUN = 77 };

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
