/*
 * Every way by which a program replaces OpenSSL's generator: what is kept out, what has no effect,
 * and what the program is told. On stock each of the first group succeeds, so the check can fail.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ways.h"

#define FORTYTWO "4242424242424242424242424242424242424242424242424242424242424242"

static void expect_value(const struct way *way, const struct outcome *outcome, const char *name,
                         const char *wanted)
{
    char *value = outcome_value(outcome, name);

    cr_expect(value && strcmp(value, wanted) == 0, "%s: %s is %s, and should be %s", described(way),
              name, value ? value : "missing", wanted);
    free(value);
}

/* The line that the shim prints about it, without the program's number. */
static void expect_report(const struct way *way, const struct outcome *outcome,
                          const char *function)
{
    char wanted[64];

    snprintf(wanted, sizeof(wanted), ": kept out a %s() by ", function);
    cr_expect(strstr(outcome->err, "osrandom: ") == outcome->err && strstr(outcome->err, wanted),
              "%s: the operator is not told about %s(): '%s'", described(way), function,
              outcome->err);
    cr_expect(strchr(outcome->err, '\n') == outcome->err + strlen(outcome->err) - 1,
              "%s: more than one line: '%s'", described(way), outcome->err);
}

/* A program that has drawn already, as Node.js has, is past its choice of a default engine. */
static bool stock_would_swap(const struct way *way, const char *how)
{
    return way->how != INSIDE || strncmp(how, "default-", 8) != 0;
}

static void expect_kept_out(const struct way *way, const char *how, const char *function,
                            const char *const *env, long told)
{
    struct ledger *ledger = ledger_new();
    struct outcome stock = probe(way, NULL, NULL, "swap", WORDS(how));
    const char *whole_env[] = {ledger->env, env ? env[0] : NULL, NULL};
    struct outcome shim = probe(way, the_ledger_shim(), whole_env, "swap", WORDS(how, how));

    if (stock_would_swap(way, how))
        expect_value(way, &stock, "BN_rand", FORTYTWO);
    expect_number(way, &shim, how, told);
    expect_number(way, &shim, "own draws", 0);
    expect_number(way, &shim, "method is own", 0);
    expect_number(way, &shim, "status", 1);
    expect_number(way, &shim, "errors", 0);
    expect_drawn(way, ledger, &shim, WORDS("RAND_bytes", "BN_rand"));
    expect_report(way, &shim, function);
    outcome_free(&stock);
    outcome_free(&shim);
    ledger_free(ledger);
}

ParameterizedTestParameters(swaps, of_the_method_are_kept_out_and_reported_once)
{
    return ways_and_elders();
}

ParameterizedTest(struct way *way, swaps, of_the_method_are_kept_out_and_reported_once)
{
    expect_kept_out(way, "method", "RAND_set_rand_method", NULL, 1);
    expect_kept_out(way, "method", "RAND_set_rand_method", WORDS("OSRANDOM_ON_REPLACE=fail"), 0);
}

ParameterizedTestParameters(swaps, to_an_engine_are_kept_out_and_reported_once)
{
    return ways_and_elders();
}

ParameterizedTest(struct way *way, swaps, to_an_engine_are_kept_out_and_reported_once)
{
    if (version_of(way) >= 0x40000)
        cr_skip_test("OpenSSL %s has no engines", tree_of(way)->version);
    expect_kept_out(way, "engine", "RAND_set_rand_engine", NULL, 1);
    expect_kept_out(way, "engine", "RAND_set_rand_engine", WORDS("OSRANDOM_ON_REPLACE=fail"), 0);
}

/* Ways that do nothing to a pinned method: nothing is reported, and the bytes stay ours. */
static void expect_no_effect(const struct way *way, const char *how)
{
    struct ledger *ledger = ledger_new();
    struct outcome shim =
        probe(way, the_ledger_shim(), WORDS(ledger->env), "swap", WORDS(how, how));

    expect_clean(way, &shim, "");
    expect_number(way, &shim, how, 1);
    expect_number(way, &shim, "own draws", 0);
    expect_number(way, &shim, "errors", 0);
    expect_drawn(way, ledger, &shim, WORDS("RAND_bytes", "BN_rand"));
    outcome_free(&shim);
    ledger_free(ledger);
}

ParameterizedTestParameters(swaps, to_the_default_keep_ours_silently)
{
    return ways_and_elders();
}

ParameterizedTest(struct way *way, swaps, to_the_default_keep_ours_silently)
{
    expect_no_effect(way, "null");
    expect_no_effect(way, "back");
    if (version_of(way) < 0x40000)
        expect_no_effect(way, "null-engine");
}

ParameterizedTestParameters(swaps, of_the_default_engine_are_kept_out_and_reported_once)
{
    return ways_and_elders();
}

ParameterizedTest(struct way *way, swaps, of_the_default_engine_are_kept_out_and_reported_once)
{
    if (version_of(way) >= 0x40000)
        cr_skip_test("OpenSSL %s has no engines", tree_of(way)->version);
    expect_kept_out(way, "default-engine", "ENGINE_set_default_RAND", NULL, 1);
    expect_kept_out(way, "default-all", "ENGINE_set_default", NULL, 1);
    expect_kept_out(way, "default-string", "ENGINE_set_default_string", NULL, 1);
}

/* Macros of no effect since 1.1.0; in 1.0.x the one drops the method and the other the engines. */
static struct way before_1_1[] = {{"openssl-1.0.1", INSIDE}, {"openssl-1.0.2", INSIDE}};

ParameterizedTestParameters(swaps, that_clean_up_are_followed_by_a_new_pin)
{
    return cr_make_param_array(struct way, before_1_1, 2);
}

ParameterizedTest(struct way *way, swaps, that_clean_up_are_followed_by_a_new_pin)
{
    static const char *const hows[] = {"cleanup", "engine-cleanup"};

    for (size_t i = 0; i < 2; i++) {
        struct ledger *ledger = ledger_new();
        struct outcome shim =
            probe(way, the_ledger_shim(), WORDS(ledger->env), "swap", WORDS(hows[i]));

        expect_clean(way, &shim, "");
        expect_drawn(way, ledger, &shim, WORDS("RAND_bytes", "BN_rand"));
        expect_number(way, &shim, "own draws", 0);
        expect_number(way, &shim, "errors", 0);
        outcome_free(&shim);
        ledger_free(ledger);
    }
}

ParameterizedTestParameters(swaps, of_the_drbg_are_kept_out_and_reported_once)
{
    return all_ways();
}

ParameterizedTest(struct way *way, swaps, of_the_drbg_are_kept_out_and_reported_once)
{
    struct ledger *ledger;
    struct outcome shim;

    if (version_of(way) < 0x30000)
        cr_skip_test("OpenSSL %s has no RAND_set_DRBG_type()", tree_of(way)->version);
    ledger = ledger_new();
    shim =
        probe(way, the_ledger_shim(), WORDS(ledger->env), "swap", WORDS("drbg-type", "drbg-type"));
    expect_number(way, &shim, "drbg-type", 1);
    expect_number(way, &shim, "errors", 0);
    expect_drawn(way, ledger, &shim, WORDS("RAND_bytes", "BN_rand"));
    expect_report(way, &shim, "RAND_set_DRBG_type");
    outcome_free(&shim);
    ledger_free(ledger);
}

ParameterizedTestParameters(swaps, allowed_by_the_operator_take_place_and_can_be_taken_back)
{
    return ways_and_elders();
}

ParameterizedTest(struct way *way, swaps, allowed_by_the_operator_take_place_and_can_be_taken_back)
{
    struct ledger *ledger = ledger_new();
    const char *env[] = {ledger->env, "OSRANDOM_ON_REPLACE=allow", NULL};
    struct outcome given = probe(way, the_ledger_shim(), env, "swap", WORDS("method"));
    struct outcome back = probe(way, the_ledger_shim(), env, "swap", WORDS("method", "null"));

    expect_clean(way, &given, "");
    expect_value(way, &given, "RAND_bytes", FORTYTWO);
    expect_value(way, &given, "BN_rand", FORTYTWO);
    expect_number(way, &given, "method is own", 1);
    expect_clean(way, &back, "");
    expect_number(way, &back, "own draws", 2);
    expect_number(way, &back, "method is own", 0);
    outcome_free(&given);
    outcome_free(&back);
    ledger_free(ledger);
}

ParameterizedTestParameters(swaps, stop_the_process_where_the_operator_says_so)
{
    return ways_and_elders();
}

ParameterizedTest(struct way *way, swaps, stop_the_process_where_the_operator_says_so)
{
    struct outcome shim =
        probe(way, the_shim(), WORDS("OSRANDOM_ON_REPLACE=abort"), "swap", WORDS("method"));

    cr_expect(shim.signal == 6, "%s: goes on after a swap that must stop it (exit %d, signal %d)",
              described(way), shim.exit_code, shim.signal);
    expect_report(way, &shim, "RAND_set_rand_method");
    outcome_free(&shim);
}

/* A configuration with a [random] section, and an engine section that makes an engine the default:
 * neither has a say over a pinned method. */
ParameterizedTestParameters(swaps, by_the_configuration_file_have_no_effect)
{
    return ways_and_elders();
}

ParameterizedTest(struct way *way, swaps, by_the_configuration_file_have_no_effect)
{
    static const char text[] = "openssl_conf = all\n"
                               "[all]\nrandom = generator\nengines = list\n"
                               "[generator]\nrandom = HASH-DRBG\ndigest = SHA256\n"
                               "[list]\nosrandom = one\n"
                               "[one]\ndefault_algorithms = RAND\ninit = 1\n";
    char path[] = "/tmp/osrandom-swap-XXXXXX";
    char setting[64];
    struct ledger *ledger = ledger_new();
    struct outcome shim;
    FILE *file = fdopen(mkstemp(path), "w");

    cr_assert(file != NULL);
    fputs(text, file);
    fclose(file);
    snprintf(setting, sizeof(setting), "SWAP_CONF=%s", path);
    shim = probe(way, the_ledger_shim(), WORDS(ledger->env, setting), "swap",
                 WORDS("config", "config"));
    expect_clean(way, &shim, "");
    expect_drawn(way, ledger, &shim, WORDS("RAND_bytes", "BN_rand"));
    unlink(path);
    outcome_free(&shim);
    ledger_free(ledger);
}
