/*
 * The ways past a method: a default engine, a kind of DRBG, a provider for random numbers. With
 * OSRANDOM_ON_REPLACE=allow they take place, for test suites need what they put in; otherwise they
 * are kept out like any other swap, and the operator is told.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harmless.h"

static const struct {
    const char *way, *function;
    unsigned int from, before;
} ways_out[] = {
    {"default-engine", "ENGINE_set_default_RAND", 0, 0x40000},
    {"default-all", "ENGINE_set_default", 0, 0x40000},
    {"default-string", "ENGINE_set_default_string", 0, 0x40000},
    {"test-rand", "RAND_set_DRBG_type", 0x30000, ~0U},
    {"provider", "RAND_set1_random_provider", 0x30500, ~0U},
};

enum { WAYS_OUT = sizeof(ways_out) / sizeof(ways_out[0]) };

static bool is_there(const struct way *way, size_t i)
{
    return version_of(way) >= ways_out[i].from && version_of(way) < ways_out[i].before;
}

ParameterizedTestParameters(ways_out, that_are_allowed_take_place)
{
    return all_ways();
}

ParameterizedTest(struct way *way, ways_out, that_are_allowed_take_place)
{
    for (size_t i = 0; i < WAYS_OUT; i++) {
        const char *const *words = WORDS(ways_out[i].way, "1");
        struct outcome stock, shim;

        if (!is_there(way, i))
            continue;
        stock = probe(way, NULL, NULL, "way_out", words);
        shim = probe(way, the_shim(), WORDS("OSRANDOM_ON_REPLACE=allow"), "way_out", words);
        expect_same_lines(described_with(way, ways_out[i].way),
                          "a test suite that needs its own generator does not get it", &stock,
                          &shim);
        outcome_free(&stock);
        outcome_free(&shim);
    }
}

static void expect_report(const struct way *way, const struct outcome *outcome,
                          const char *function)
{
    char wanted[64];

    snprintf(wanted, sizeof(wanted), ": kept out a %s() by ", function);
    cr_expect(strstr(outcome->err, "osrandom: ") == outcome->err && strstr(outcome->err, wanted),
              "%s: the operator is not told about %s(): '%s'", described(way), function,
              outcome->err);
    cr_expect(*outcome->err && strchr(outcome->err, '\n') == strrchr(outcome->err, '\n'),
              "%s: not one line: '%s'", described(way), outcome->err);
}

static void expect_kept_out(const struct way *way, size_t i, const char *policy, long told)
{
    struct ledger *ledger = ledger_new();
    struct outcome shim = probe(way, the_ledger_shim(), WORDS(ledger->env, policy), "way_out",
                                WORDS(ways_out[i].way, "2"));

    expect_number(way, &shim, "told", told);
    expect_number(way, &shim, "swaps", 2);
    expect_number(way, &shim, "errors", 0);
    expect_drawn(way, ledger, &shim, WORDS("RAND_bytes", "BN_rand", "RAND_priv_bytes"));
    expect_report(way, &shim, ways_out[i].function);
    outcome_free(&shim);
    ledger_free(ledger);
}

ParameterizedTestParameters(ways_out, that_are_kept_out_are_counted_and_reported_once)
{
    return all_ways();
}

ParameterizedTest(struct way *way, ways_out, that_are_kept_out_are_counted_and_reported_once)
{
    for (size_t i = 0; i < WAYS_OUT; i++) {
        struct outcome stock;

        if (!is_there(way, i))
            continue;
        stock = probe(way, NULL, NULL, "way_out", WORDS(ways_out[i].way, "1"));
        expect_number(way, &stock, "told", 1);
        outcome_free(&stock);
        expect_kept_out(way, i, "OSRANDOM_ON_REPLACE=ignore", 1);
        expect_kept_out(way, i, "OSRANDOM_ON_REPLACE=fail", 0);
    }
}

ParameterizedTestParameters(ways_out, stop_the_process_where_the_operator_says_so)
{
    return linked_ways();
}

ParameterizedTest(struct way *way, ways_out, stop_the_process_where_the_operator_says_so)
{
    for (size_t i = 0; i < WAYS_OUT; i++) {
        struct outcome shim;

        if (!is_there(way, i))
            continue;
        shim = probe(way, the_shim(), WORDS("OSRANDOM_ON_REPLACE=abort"), "way_out",
                     WORDS(ways_out[i].way, "1"));
        cr_expect(shim.signal == 6, "%s: goes on after %s (exit %d, signal %d)", described(way),
                  ways_out[i].function, shim.exit_code, shim.signal);
        outcome_free(&shim);
    }
}

ParameterizedTestParameters(ways_out, do_not_include_what_leaves_the_generator_alone)
{
    return all_ways();
}

/* An engine that is made the default for ciphers alone. */
ParameterizedTest(struct way *way, ways_out, do_not_include_what_leaves_the_generator_alone)
{
    struct ledger *ledger;
    struct outcome shim;

    if (version_of(way) >= 0x40000)
        cr_skip_test("OpenSSL %s has no engines", tree_of(way)->version);
    ledger = ledger_new();
    shim =
        probe(way, the_ledger_shim(), WORDS(ledger->env), "way_out", WORDS("default-ciphers", "1"));
    expect_clean(way, &shim, "");
    expect_number(way, &shim, "told", 1);
    expect_number(way, &shim, "swaps", 0);
    expect_drawn(way, ledger, &shim, WORDS("RAND_bytes", "BN_rand", "RAND_priv_bytes"));
    outcome_free(&shim);
    ledger_free(ledger);
}

ParameterizedTestParameters(ways_out, that_two_threads_take_at_once_leave_no_false_answer)
{
    return linked_ways();
}

ParameterizedTest(struct way *way, ways_out, that_two_threads_take_at_once_leave_no_false_answer)
{
    struct outcome stock = probe(way, NULL, NULL, "set_in_threads", NULL);
    struct outcome shim =
        probe(way, the_shim(), WORDS("OSRANDOM_ON_REPLACE=allow"), "set_in_threads", NULL);

    expect_same_lines(
        described(way),
        "a program is told of one generator and draws from another, or never gets the "
        "system's back",
        &stock, &shim);
    outcome_free(&stock);
    outcome_free(&shim);
}
