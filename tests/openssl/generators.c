/*
 * Programs that draw from OpenSSL's generators themselves: the defaults are served from the system,
 * those that the program has made are not.
 */
#include <stdlib.h>
#include <string.h>

#include "text.h"
#include "ways.h"

#define DEFAULTS                                                                                   \
    "primary", "public", "private", "with prediction resistance", "nonce",                         \
        "public of another thread", "public of another library context", "public at last"

static const char *const own[] = {"own CTR-DRBG at first",
                                  "TEST-RAND at first",
                                  "own CTR-DRBG",
                                  "TEST-RAND",
                                  "own CTR-DRBG after a thread",
                                  "TEST-RAND after a thread",
                                  "TEST-RAND of another library context"};

static bool has_generators(const struct way *way)
{
    if (version_of(way) >= 0x30000)
        return true;
    cr_skip_test("OpenSSL %s has no EVP_RAND", tree_of(way)->version);
    return false;
}

static void expect_same(const struct way *way, const struct outcome *stock,
                        const struct outcome *shim, const char *name)
{
    char *before = outcome_value(stock, name);
    char *after = outcome_value(shim, name);

    cr_expect(before && after && strcmp(before, after) == 0,
              "%s: %s is a known answer, %s on stock and %s with the shim", described(way), name,
              before, after);
    free(before);
    free(after);
}

ParameterizedTestParameters(generators, the_defaults_are_served_from_the_system)
{
    return all_ways();
}

ParameterizedTest(struct way *way, generators, the_defaults_are_served_from_the_system)
{
    struct ledger *ledger;
    struct outcome stock, shim;

    if (!has_generators(way))
        return;
    ledger = ledger_new();
    stock = probe(way, NULL, WORDS(ledger->env), "generators", NULL);
    shim = probe(way, the_ledger_shim(), WORDS(ledger->env), "generators", NULL);
    expect_clean(way, &shim, "");
    expect_not_drawn(way, ledger, &stock, WORDS(DEFAULTS));
    expect_drawn(way, ledger, &shim, WORDS(DEFAULTS));
    expect_number(way, &shim, "too strong", 0);
    expect_number(way, &shim, "no bytes", 1);
    expect_number(way, &shim, "errors", 0);
    outcome_free(&stock);
    outcome_free(&shim);
    ledger_free(ledger);
}

ParameterizedTestParameters(generators, those_of_the_program_keep_their_known_answers)
{
    return all_ways();
}

ParameterizedTest(struct way *way, generators, those_of_the_program_keep_their_known_answers)
{
    struct outcome stock, shim;

    if (!has_generators(way))
        return;
    stock = probe(way, NULL, NULL, "generators", NULL);
    shim = probe(way, the_shim(), NULL, "generators", NULL);
    for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
        expect_same(way, &stock, &shim, own[i]);
    outcome_free(&stock);
    outcome_free(&shim);
}

ParameterizedTestParameters(generators, one_put_in_place_of_a_default_stays_the_programs)
{
    return all_ways();
}

ParameterizedTest(struct way *way, generators, one_put_in_place_of_a_default_stays_the_programs)
{
    struct ledger *ledger;
    struct outcome stock, shim;

    if (version_of(way) < 0x30100)
        cr_skip_test("OpenSSL %s has no RAND_set0_public()", tree_of(way)->version);
    ledger = ledger_new();
    stock = probe(way, NULL, NULL, "generators", NULL);
    shim = probe(way, the_ledger_shim(), WORDS(ledger->env), "generators", NULL);
    expect_same(way, &stock, &shim, "put in place of public");
    expect_same(way, &stock, &shim, "put in place of private");
    expect_drawn(way, ledger, &shim, WORDS("public once it is back"));
    outcome_free(&stock);
    outcome_free(&shim);
    ledger_free(ledger);
}

/* Where its provider is the only one: what RAND_bytes() gives is ours all the same. */
Test(generators, of_a_fips_provider_stay_its_own)
{
    const struct way way = {"openssl-3.5", LINKED};
    const struct tree *tree = tree_of(&way);
    char directory[] = "/tmp/osrandom-fips-XXXXXX";
    struct ledger *ledger = ledger_new();
    struct outcome outcome;
    const char *env[4];

    cr_assert(mkdtemp(directory));
    outcome = run_words(NULL, NULL, NULL, "tests/support/fips_config", tree->loader,
                        tree->libraries, tree->openssl, directory, NULL);
    cr_assert_eq(outcome.exit_code, 0, "%s", outcome.err);
    outcome.out[strcspn(outcome.out, "\n")] = '\0';
    env[0] = ledger->env;
    env[1] = text_format("OPENSSL_CONF=%s", outcome.out);
    env[2] = text_format("OPENSSL_MODULES=%s/ossl-modules", tree->libraries);
    env[3] = NULL;
    outcome_free(&outcome);
    outcome = probe(&way, the_ledger_shim(), env, "generators", WORDS("defaults"));
    expect_clean(&way, &outcome, "");
    expect_not_drawn(&way, ledger, &outcome, WORDS("primary", "public", "private", "nonce"));
    outcome_free(&outcome);
    outcome = probe(&way, the_ledger_shim(), env, "draws", NULL);
    expect_drawn(&way, ledger, &outcome, WORDS("RAND_bytes", "BN_rand"));
    outcome_free(&outcome);
    outcome = run_words(NULL, NULL, NULL, "rm", "-r", directory, NULL);
    outcome_free(&outcome);
    ledger_free(ledger);
}

ParameterizedTestParameters(generators, modes_that_pin_nothing_leave_them_all_to_openssl)
{
    return all_ways();
}

ParameterizedTest(struct way *way, generators, modes_that_pin_nothing_leave_them_all_to_openssl)
{
    static const char *const modes[] = {"OSRANDOM_MODE=register", "OSRANDOM_MODE=builtin"};

    if (!has_generators(way))
        return;
    for (size_t i = 0; i < 2; i++) {
        struct ledger *ledger = ledger_new();
        struct outcome shim =
            probe(way, the_ledger_shim(), WORDS(ledger->env, modes[i]), "generators", NULL);

        expect_clean(way, &shim, "");
        expect_not_drawn(way, ledger, &shim, WORDS(DEFAULTS));
        outcome_free(&shim);
        ledger_free(ledger);
    }
}
