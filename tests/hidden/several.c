/*
 * Several copies in a process, copies beside a real libcrypto, copies that come and go.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hidden.h"

TestSuite(several, .timeout = 300);

static const struct carrier all = {"openssl-4.0", "several"};

Test(several, four_copies_of_different_ages_are_all_covered)
{
    const struct tree *tree = linked_tree_or_skip("openssl-4.0");
    struct ledger *ledger = ledger_new();
    struct outcome shim = run_words(
        the_ledger_shim(), tree, WORDS(ledger->env), built("programs/both"),
        built("hidden/openssl-3.0/module.so"), built("hidden/openssl-3.5/module.so"),
        built("hidden/openssl-3.6/module.so"), built("hidden/openssl-4.0/module.so"), NULL);

    expect_end(&all, &shim);
    expect_all_drawn(&all, ledger, &shim);
    expect_said(&all, &shim, NULL);
    outcome_free(&shim);
    ledger_free(ledger);
}

static const char *const one_module[] = {"module.so", NULL};

/* The copy and the library have functions of the same names, and each keeps to its own. */
ParameterizedTestParameters(several, a_copy_and_a_library_beside_it_are_both_covered)
{
    return carriers(one_module);
}

static struct outcome run_beside(const struct carrier *carrier, const struct ledger *ledger,
                                 const char *setting, bool library_first)
{
    const struct tree *tree = linked_tree_or_skip(carrier->tree);
    char copy[64], library[64];
    struct outcome shim;

    snprintf(copy, sizeof(copy), "hidden/%s/module.so", carrier->tree);
    snprintf(library, sizeof(library), "probes/%s/draws.so", carrier->tree);
    shim = run_words(the_ledger_shim(), tree, WORDS(ledger->env, setting), built("programs/both"),
                     built(library_first ? library : copy), built(library_first ? copy : library),
                     NULL);
    expect_end(carrier, &shim);
    return shim;
}

ParameterizedTest(struct carrier *carrier, several, a_copy_and_a_library_beside_it_are_both_covered)
{
    for (int library_first = 0; library_first < 2; library_first++) {
        struct ledger *ledger = ledger_new();
        struct outcome shim = run_beside(carrier, ledger, "OSRANDOM_MODE=activate", library_first);

        expect_all_drawn(carrier, ledger, &shim);
        expect_said(carrier, &shim, NULL);
        outcome_free(&shim);
        shim = run_beside(carrier, ledger, "OSRANDOM_MODE=builtin", library_first);
        outcome_free(&shim);
        ledger_free(ledger);
    }
}

ParameterizedTestParameters(several, a_copy_that_is_unloaded_and_mapped_again_is_covered_again)
{
    return carriers(one_module);
}

ParameterizedTest(struct carrier *carrier, several,
                  a_copy_that_is_unloaded_and_mapped_again_is_covered_again)
{
    const struct tree *tree = linked_tree_or_skip(carrier->tree);
    struct ledger *ledger = ledger_new();
    char module[64];
    struct outcome shim;
    char *unloaded;

    snprintf(module, sizeof(module), "hidden/%s/module.so", carrier->tree);
    shim = run_words(the_ledger_shim(), tree, WORDS(ledger->env), built("hidden/reload_inside"),
                     built(module), "40", NULL);
    expect_end(carrier, &shim);
    unloaded = outcome_value(&shim, "unloaded");
    cr_expect(unloaded && atoi(unloaded) == 40, "%s: it was unloaded %s times", described(carrier),
              unloaded);
    expect_all_drawn(carrier, ledger, &shim);
    expect_said(carrier, &shim, NULL);
    free(unloaded);
    outcome_free(&shim);
    ledger_free(ledger);
}
