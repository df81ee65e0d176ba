/*
 * Threads and forks at every moment of activation: nothing hangs, and what can be covered is.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ways.h"

static struct outcome storm(const struct way *way, const struct ledger *ledger, const char *preload,
                            const char *kind, const char *library)
{
    return run_words(preload, tree_of(way), WORDS(ledger->env), built("programs/storm"), kind,
                     library, NULL);
}

ParameterizedTestParameters(storms, ten_threads_that_load_openssl_at_once_are_all_covered)
{
    return linked_ways();
}

ParameterizedTest(struct way *way, storms, ten_threads_that_load_openssl_at_once_are_all_covered)
{
    struct ledger *ledger = ledger_new();
    struct outcome shim = storm(way, ledger, the_ledger_shim(), "ten", tree_of(way)->libcrypto);

    expect_clean(way, &shim, "");
    expect_drawn(way, ledger, &shim,
                 WORDS("thread 0", "thread 1", "thread 2", "thread 3", "thread 4", "thread 5",
                       "thread 6", "thread 7", "thread 8", "thread 9"));
    outcome_free(&shim);
    ledger_free(ledger);
}

static const char *unloadable(const struct way *way)
{
    char file[64];

    snprintf(file, sizeof(file), "probes/%s/unloadable.so", way->tree);
    return built(file);
}

static struct way unloadable_ways[] = {{"openssl-1.1.1", LINKED}, {"openssl-3.0", LINKED}};

ParameterizedTestParameters(storms, of_draws_while_openssl_comes_and_goes_do_no_harm)
{
    return cr_make_param_array(struct way, unloadable_ways, 2);
}

ParameterizedTest(struct way *way, storms, of_draws_while_openssl_comes_and_goes_do_no_harm)
{
    struct ledger *ledger = ledger_new();
    struct outcome shim = storm(way, ledger, the_shim(), "drawing", unloadable(way));

    expect_clean(way, &shim, "");
    outcome_free(&shim);
    ledger_free(ledger);
}

ParameterizedTestParameters(storms, of_forks_while_openssl_comes_and_goes_leave_no_child_hanging)
{
    return cr_make_param_array(struct way, unloadable_ways, 2);
}

ParameterizedTest(struct way *way, storms,
                  of_forks_while_openssl_comes_and_goes_leave_no_child_hanging)
{
    struct ledger *ledger = ledger_new();
    struct outcome shim = storm(way, ledger, the_shim(), "forks", unloadable(way));

    expect_clean(way, &shim, "");
    expect_number(way, &shim, "hung", 0);
    expect_number(way, &shim, "failed", 0);
    outcome_free(&shim);
    ledger_free(ledger);
}
