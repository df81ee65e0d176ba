/*
 * With nothing but openssl.cnf, what OpenSSL calls random comes from the system, proven by the
 * ledger; and without it the same search finds nothing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "provider.h"

static void expect_found(const struct outcome *outcome, const struct ledger *ledger,
                         const struct tree *tree, const char *const *names, bool found)
{
    for (size_t i = 0; names[i]; i++) {
        char *value = outcome_value(outcome, names[i]);

        cr_expect(value && ledger_holds_hex(ledger, value) == found,
                  "%s: %s (%s) is %s the system's", tree->name, names[i], value ? value : "none",
                  found ? "not" : "said to be");
        free(value);
    }
}

/* What a probe prints under these names comes from the system with the configuration, and not
 * without it. */
static void prove(const char *name, const char *probe_name, const char *how,
                  const char *const *names)
{
    const struct tree *tree = tree_or_skip(name);
    struct ledger *ledger = ledger_new();
    struct configuration ours = configuration_for(tree, the_ledger_module());
    struct outcome stock =
        probe(tree, WORDS(ledger->env, "OPENSSL_CONF=/dev/null"), probe_name, how);
    struct outcome outcome;

    expect_found(&stock, ledger, tree, names, false);
    outcome = probe(tree, WORDS(ledger->env, ours.env), probe_name, how);
    expect_found(&outcome, ledger, tree, names, true);
    outcome_free(&stock);
    outcome_free(&outcome);
    configuration_free(&ours);
    ledger_free(ledger);
}

ParameterizedTestParameters(draws, of_every_kind_are_the_systems)
{
    return trees_with_providers();
}

ParameterizedTest(char *name, draws, of_every_kind_are_the_systems)
{
    prove(name, "draws", NULL,
          WORDS("RAND_bytes", "RAND_priv_bytes", "RAND_pseudo_bytes", "BN_rand", "RAND_bytes_ex",
                "RAND_priv_bytes_ex"));
}

/* Those that RAND_get0_public() and its like lend: random_provider alone leaves them OpenSSL's. */
ParameterizedTestParameters(draws, from_the_default_generators_are_the_systems)
{
    return trees_with_providers();
}

ParameterizedTest(char *name, draws, from_the_default_generators_are_the_systems)
{
    prove(name, "generators", "defaults",
          WORDS("primary", "public", "private", "with prediction resistance", "nonce"));
}

ParameterizedTestParameters(draws, make_the_keys)
{
    return trees_with_providers();
}

ParameterizedTest(char *name, draws, make_the_keys)
{
    prove(name, "keys", NULL, WORDS("P-256 key", "X25519 key", "Ed25519 key"));
}

ParameterizedTestParameters(draws, in_many_threads_are_the_systems)
{
    return trees_with_providers();
}

ParameterizedTest(char *name, draws, in_many_threads_are_the_systems)
{
    const struct tree *tree = tree_or_skip(name);
    struct ledger *ledger = ledger_new();
    struct configuration ours = configuration_for(tree, the_ledger_module());
    struct outcome outcome = probe(tree, WORDS(ledger->env, ours.env), "provider", "threads");

    expect_found(&outcome, ledger, tree, WORDS("first", "last"), true);
    cr_expect(strstr(outcome.out, "repeats=0\n"), "%s: threads share draws: %s", name, outcome.out);
    outcome_free(&outcome);
    configuration_free(&ours);
    ledger_free(ledger);
}

/* OSSL_LIB_CTX_new() reads no configuration: what is told about it is true. */
ParameterizedTestParameters(draws, in_another_library_context_are_the_systems_if_it_is_configured)
{
    return trees_with_providers();
}

ParameterizedTest(char *name, draws, in_another_library_context_are_the_systems_if_it_is_configured)
{
    const struct tree *tree = tree_or_skip(name);
    struct ledger *ledger = ledger_new();
    struct configuration ours = configuration_for(tree, the_ledger_module());
    struct outcome outcome = probe(tree, WORDS(ledger->env, ours.env), "provider", "contexts");

    expect_found(&outcome, ledger, tree, WORDS("default", "configured", "at last"), true);
    expect_found(&outcome, ledger, tree, WORDS("plain"), false);
    outcome_free(&outcome);
    configuration_free(&ours);
    ledger_free(ledger);
}

ParameterizedTestParameters(draws, are_the_systems_by_whatever_name_the_generator_is_fetched)
{
    return trees_with_providers();
}

ParameterizedTest(char *name, draws, are_the_systems_by_whatever_name_the_generator_is_fetched)
{
    const struct tree *tree = tree_or_skip(name);
    struct ledger *ledger = ledger_new();
    struct configuration ours = configuration_for(tree, the_ledger_module());
    struct outcome outcome = probe(tree, WORDS(ledger->env, ours.env), "provider", "names");

    expect_found(&outcome, ledger, tree,
                 WORDS("OSRANDOM", "CTR-DRBG", "HASH-DRBG", "HMAC-DRBG", "SEED-SRC"), true);
    outcome_free(&outcome);
    configuration_free(&ours);
    ledger_free(ledger);
}

/* As OpenSSL's own generators answer, but for a draw before the first instantiation. */
ParameterizedTestParameters(draws, keep_the_contract_of_a_generator)
{
    return trees_with_providers();
}

ParameterizedTest(char *name, draws, keep_the_contract_of_a_generator)
{
    static const char *const answers[] = {
        "strength=256\n",      "state before=0\n",    "a draw before=0\n",
        "too strong=0\n",      "instantiated=1\n",    "twice=0\n",
        "state=1\n",           "locking=1\n",         "a draw=1\n",
        "a draw too strong=0", "a nonce=1\n",         "a reseed=1\n",
        "zeroized=1\n",        "uninstantiated=1",    "a draw after=0\n",
        "status=1\n",          "strong=0\n",          "the generator is not instantiated",
        "more than 256 bits",  "instantiated already"};
    const struct tree *tree = tree_or_skip(name);
    struct configuration ours = configuration_for(tree, the_module());
    struct outcome outcome = probe(tree, WORDS(ours.env), "provider", "refusals");

    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++)
        cr_expect(strstr(outcome.out, answers[i]), "%s: not \"%s\" but\n%s", name, answers[i],
                  outcome.out);
    outcome_free(&outcome);
    configuration_free(&ours);
}

/* So that an operator sees what is there. */
ParameterizedTestParameters(draws, come_from_a_provider_that_describes_itself)
{
    return trees_with_providers();
}

ParameterizedTest(char *name, draws, come_from_a_provider_that_describes_itself)
{
    static const char *const lines[] = {"OSRANDOM @ osrandom",   "SEED-SRC @ osrandom",
                                        "TEST-RAND @ default",   "name: Random bytes from",
                                        "build info: getrandom", "status: active"};
    const struct tree *tree = tree_or_skip(name);
    struct configuration ours = configuration_for(tree, the_module());
    struct outcome outcome =
        openssl(tree, WORDS(ours.env, "OSRANDOM_SOURCE=getrandom", "OSRANDOM_LOG=info"),
                WORDS("list", "-random-generators", "-providers", "-verbose"));

    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        cr_expect(strstr(outcome.out, lines[i]), "%s: not \"%s\" but\n%s", name, lines[i],
                  outcome.out);
    cr_expect(!strstr(outcome.out, "version: unknown"), "%s: its version is not told", name);
    cr_expect(!strstr(outcome.out, "TEST-RAND @ osrandom"),
              "%s: known-answer tests would get random bytes", name);
    cr_expect(strstr(outcome.err, "loaded as a provider") &&
                  strstr(outcome.err, "(source getrandom)"),
              "%s: OSRANDOM_SOURCE and OSRANDOM_LOG are not heeded: %s", name, outcome.err);
    outcome_free(&outcome);
    configuration_free(&ours);
}

/* With both, the shim's method comes first; neither is in the other's way. */
ParameterizedTestParameters(draws, are_the_shims_where_it_is_preloaded_too)
{
    return trees_with_providers();
}

ParameterizedTest(char *name, draws, are_the_shims_where_it_is_preloaded_too)
{
    const struct tree *tree = tree_or_skip(name);
    struct ledger *ledger = ledger_new();
    struct configuration ours = configuration_for(tree, the_module());
    struct outcome outcome = run_words(the_ledger_shim(), tree, WORDS(ledger->env, ours.env),
                                       tree->openssl, "rand", "-hex", "32", NULL);

    cr_expect(outcome.exit_code == 0 && ledger_holds_hex(ledger, outcome.out),
              "%s: with both, the shim does not serve: %s%s", name, outcome.out, outcome.err);
    outcome_free(&outcome);
    configuration_free(&ours);
    ledger_free(ledger);
}
