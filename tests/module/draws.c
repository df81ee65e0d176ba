/*
 * Where nothing is preloaded, OpenSSL draws from us once it is told to use the engine, and only
 * then: proven by the ledger.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "module.h"

#define LEDGER_MODULE "ledger/engines/osrandom.so"

ParameterizedTestParameters(module, serves_the_program_that_asks_for_the_engine)
{
    return trees_with_engines();
}

ParameterizedTest(char *name, module, serves_the_program_that_asks_for_the_engine)
{
    const struct tree *tree = tree_or_skip(name);
    struct ledger *ledger = ledger_new();
    char *directory = engines_directory(built(LEDGER_MODULE));
    const char *const *env = WORDS(ledger->env, directory, "OPENSSL_CONF=/dev/null");
    struct outcome none = openssl(tree, env, WORDS("rand", "-hex", "32"));
    struct outcome other = openssl(tree, env, WORDS("rand", "-engine", "other", "-hex", "32"));
    struct outcome ours = openssl(tree, env, WORDS("rand", "-engine", "osrandom", "-hex", "32"));

    cr_expect(none.exit_code == 0 && !ledger_holds_hex(ledger, none.out),
              "%s: the check finds bytes of a program that uses no engine: %s", name, none.out);
    cr_expect(other.exit_code == 0 && strncmp(other.out, "0001020304", 10) == 0 &&
                  !ledger_holds_hex(ledger, other.out),
              "%s: another engine's bytes are found: %s%s", name, other.out, other.err);
    cr_expect(ours.exit_code == 0 && ledger_holds_hex(ledger, ours.out),
              "%s: `openssl rand -engine osrandom` does not draw from the system: %s%s", name,
              ours.out, ours.err);
    outcome_free(&none);
    outcome_free(&other);
    outcome_free(&ours);
    free(directory);
    ledger_free(ledger);
}

/* The private key, which is 32 bytes drawn, in what `openssl genpkey -text` prints; free() takes
 * it. */
static char *private_key(const struct outcome *outcome)
{
    const char *start = strstr(outcome->out, "priv:");
    const char *end = start ? strstr(start, "pub:") : NULL;

    return end ? strndup(start + strlen("priv:"), (size_t)(end - start) - strlen("priv:")) : NULL;
}

static bool key_is_ours(const struct tree *tree, const struct ledger *ledger,
                        const struct engine_configuration *configuration)
{
    struct outcome outcome = openssl(tree, WORDS(ledger->env, configuration->env),
                                     WORDS("genpkey", "-algorithm", "ED25519", "-text"));
    char *key = private_key(&outcome);
    bool ours;

    cr_assert(outcome.exit_code == 0 && key, "%s: no key was made: %s", tree->name, outcome.err);
    ours = ledger_holds_hex(ledger, key);
    free(key);
    outcome_free(&outcome);
    return ours;
}

ParameterizedTestParameters(module, makes_the_keys_when_openssl_cnf_says_so)
{
    return trees_with_engines();
}

ParameterizedTest(char *name, module, makes_the_keys_when_openssl_cnf_says_so)
{
    const struct tree *tree = tree_or_skip(name);
    struct ledger *ledger = ledger_new();
    struct engine_configuration loaded = engine_configuration_new(built(LEDGER_MODULE), "");
    struct engine_configuration active =
        engine_configuration_new(built(LEDGER_MODULE), "default_algorithms = RAND");

    cr_expect(!key_is_ours(tree, ledger, &loaded),
              "%s: an engine that is only loaded serves; the program's choice is gone", name);
    cr_expect(key_is_ours(tree, ledger, &active),
              "%s: with the engine the default in openssl.cnf, a key is not from the system", name);
    engine_configuration_free(&loaded);
    engine_configuration_free(&active);
    ledger_free(ledger);
}

/* Runs the probe `draws` as a module that a program loads with RTLD_LOCAL, and its OpenSSL with it:
 * no symbol of that OpenSSL is then to be found by the loader's usual look-up. */
ParameterizedTestParameters(module, serves_an_openssl_that_a_program_loads_for_itself)
{
    return trees_with_engines();
}

ParameterizedTest(char *name, module, serves_an_openssl_that_a_program_loads_for_itself)
{
    const struct tree *tree = tree_or_skip(name);
    struct ledger *ledger = ledger_new();
    struct engine_configuration active =
        engine_configuration_new(built(LEDGER_MODULE), "default_algorithms = RAND");
    static const char *const names[] = {"RAND_bytes", "RAND_priv_bytes", "BN_rand"};
    char probe[PATH_LENGTH];
    struct outcome outcome;

    if (strcmp(name, "openssl-1.1.1") == 0)
        cr_skip_test("OpenSSL 1.1.1 reads openssl.cnf for programs that initialise libssl only");
    snprintf(probe, sizeof(probe), "probes/%s/draws.so", name);
    outcome = run_words(NULL, tree, WORDS(ledger->env, active.env), built("programs/late"),
                        built(probe), NULL);
    cr_expect(outcome.exit_code == 0, "%s: %s", name, outcome.err);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        char *value = outcome_value(&outcome, names[i]);

        cr_expect(value && ledger_holds_hex(ledger, value),
                  "%s: %s is not from the system in a program that loads OpenSSL late", name,
                  names[i]);
        free(value);
    }
    outcome_free(&outcome);
    engine_configuration_free(&active);
    ledger_free(ledger);
}
