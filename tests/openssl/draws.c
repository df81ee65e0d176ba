/*
 * Every byte that OpenSSL calls random comes from the shim's source, proven by the ledger; and the
 * same check finds nothing when the program runs on stock OpenSSL.
 */
#include <stdlib.h>
#include <string.h>

#include "level.h"
#include "ways.h"

/* Runs a probe on stock and under the shim, and looks for the named values in the ledger. */
static struct outcome prove(const struct way *way, const char *name, const char *const *words,
                            const char *const *values)
{
    struct ledger *ledger = ledger_new();
    struct outcome stock = probe(way, NULL, WORDS(ledger->env), name, words);
    struct outcome shim = probe(way, the_ledger_shim(), WORDS(ledger->env), name, words);

    expect_clean(way, &stock, "");
    expect_clean(way, &shim, "");
    expect_not_drawn(way, ledger, &stock, values);
    expect_drawn(way, ledger, &shim, values);
    outcome_free(&stock);
    ledger_free(ledger);
    return shim;
}

ParameterizedTestParameters(draws, direct_calls_are_served_from_the_system)
{
    return ways_and_elders();
}

ParameterizedTest(struct way *way, draws, direct_calls_are_served_from_the_system)
{
    struct outcome shim = prove(way, "draws", NULL,
                                WORDS("RAND_bytes", "RAND_pseudo_bytes", "BN_rand",
                                      version_of(way) >= 0x10101 ? "RAND_priv_bytes" : NULL));

    expect_number(way, &shim, "RAND_bytes(NULL, 0)", 1);
    expect_number(way, &shim, "RAND_status", 1);
    expect_number(way, &shim, "RAND_poll", 1);
    expect_number(way, &shim, "RAND_load_file", 32);
    expect_number(way, &shim, "errors", 0);
    outcome_free(&shim);
}

ParameterizedTestParameters(draws, calls_with_a_library_context_are_served_from_the_system)
{
    return all_ways();
}

ParameterizedTest(struct way *way, draws, calls_with_a_library_context_are_served_from_the_system)
{
    struct outcome shim;

    if (version_of(way) < 0x30000)
        cr_skip_test("OpenSSL %s has no library contexts", tree_of(way)->version);
    shim = prove(
        way, "draws", NULL,
        WORDS("RAND_bytes_ex", "RAND_priv_bytes_ex", "RAND_bytes_ex of another library context"));
    expect_number(way, &shim, "RAND_bytes_ex(NULL, 0)", 1);
    outcome_free(&shim);
}

ParameterizedTestParameters(draws, keys_are_made_of_bytes_from_the_system)
{
    return ways_and_elders();
}

ParameterizedTest(struct way *way, draws, keys_are_made_of_bytes_from_the_system)
{
    struct outcome shim =
        prove(way, "keys", NULL,
              version_of(way) < 0x10101 ? WORDS("P-256 key")
                                        : WORDS("P-256 key", "Ed25519 key", "X25519 key"));
    char *one = outcome_value(&shim, "ECDSA signature");
    char *other = outcome_value(&shim, "ECDSA signature again");

    cr_expect(one && other && strcmp(one, other) != 0,
              "%s: two ECDSA signatures share a nonce, which gives the key away", described(way));
    free(one);
    free(other);
    outcome_free(&shim);
}

/* An RSA prime can come of three draws, of which the probe prints the upper bytes. */
static bool holds_rsa_prime(const struct ledger *ledger, const struct outcome *outcome)
{
    static const char *const names[] = {"RSA prime", "RSA prime, once more", "RSA prime, twice"};
    bool held = false;

    for (size_t i = 0; i < 3; i++) {
        char *value = outcome_value(outcome, names[i]);

        held |= value && ledger_holds_hex(ledger, value);
        free(value);
    }
    return held;
}

ParameterizedTestParameters(draws, rsa_primes_are_searched_from_bytes_of_the_system)
{
    return ways_and_elders();
}

ParameterizedTest(struct way *way, draws, rsa_primes_are_searched_from_bytes_of_the_system)
{
    struct ledger *ledger = ledger_new();
    struct outcome stock = probe(way, NULL, WORDS(ledger->env), "keys", NULL);
    struct outcome shim = probe(way, the_ledger_shim(), WORDS(ledger->env), "keys", NULL);

    expect_clean(way, &shim, "");
    cr_expect(!holds_rsa_prime(ledger, &stock), "the check proves nothing");
    cr_expect(holds_rsa_prime(ledger, &shim), "%s: an RSA prime is not from the system",
              described(way));
    outcome_free(&stock);
    outcome_free(&shim);
    ledger_free(ledger);
}

ParameterizedTestParameters(draws, ml_kem_seeds_are_bytes_from_the_system)
{
    return all_ways();
}

ParameterizedTest(struct way *way, draws, ml_kem_seeds_are_bytes_from_the_system)
{
    struct outcome shim;

    if (version_of(way) < 0x30500)
        cr_skip_test("OpenSSL %s has no ML-KEM", tree_of(way)->version);
    shim = prove(way, "keys", NULL, WORDS("ML-KEM seed"));
    outcome_free(&shim);
}

ParameterizedTestParameters(draws, a_tls_handshake_shows_bytes_from_the_system)
{
    return all_ways();
}

ParameterizedTest(struct way *way, draws, a_tls_handshake_shows_bytes_from_the_system)
{
    struct outcome shim =
        prove(way, "handshake", NULL, WORDS("ClientHello random", "ServerHello random"));
    char *protocol = outcome_value(&shim, "protocol");

    cr_expect(protocol && strcmp(protocol, "TLSv1.3") == 0);
    expect_number(way, &shim, "errors", 0);
    free(protocol);
    outcome_free(&shim);
}

/* OpenSSL's own RAND_bytes() crashes or fails by then, so there is no stock to compare with. */
static void expect_served_when_ending(const struct way *way, const char *how, const char *result,
                                      const char *value)
{
    struct ledger *ledger = ledger_new();
    struct outcome shim = probe(way, the_ledger_shim(), WORDS(ledger->env), "ending", WORDS(how));

    expect_clean(way, &shim, "");
    expect_number(way, &shim, result, 1);
    expect_drawn(way, ledger, &shim, WORDS(value));
    outcome_free(&shim);
    ledger_free(ledger);
}

ParameterizedTestParameters(draws, are_served_while_a_program_ends)
{
    return ways_and_elders();
}

ParameterizedTest(struct way *way, draws, are_served_while_a_program_ends)
{
    expect_served_when_ending(way, "atexit-first", "result at exit", "at exit");
    expect_served_when_ending(way, "atexit-last", "result at exit", "at exit");
    if (version_of(way) >= 0x10100)
        expect_served_when_ending(way, "cleanup", "result after cleanup", "after cleanup");
}

ParameterizedTestParameters(draws, of_a_negative_length_are_an_error)
{
    return ways_and_elders();
}

ParameterizedTest(struct way *way, draws, of_a_negative_length_are_an_error)
{
    struct outcome shim = probe(way, the_shim(), NULL, "sizes", WORDS("negative"));

    expect_clean(way, &shim, "");
    expect_number(way, &shim, "RAND_bytes(-1)", 0);
    if (version_of(way) >= 0x10101)
        expect_number(way, &shim, "RAND_priv_bytes(-1)", 0);
    outcome_free(&shim);
}

static void expect_not_zero(const struct outcome *shim, const char *name)
{
    char *value = outcome_value(shim, name);

    cr_expect(value && strspn(value, "0") != strlen(value),
              "the %s of a large draw was left as it was", name);
    free(value);
}

Test(draws, of_two_gigabytes_are_filled_to_the_end)
{
    const struct way way = {"openssl-3.0", LINKED};
    struct outcome shim;

    only_from(LEVEL_ALL);
    shim = probe(&way, the_shim(), NULL, "sizes", WORDS("largest"));
    expect_clean(&way, &shim, "");
    expect_number(&way, &shim, "RAND_bytes(INT_MAX)", 1);
    expect_not_zero(&shim, "tail");
    outcome_free(&shim);
}

Test(draws, of_more_than_four_gigabytes_are_filled_to_the_end)
{
    const struct way way = {"openssl-3.0", LINKED};
    struct outcome shim;

    only_from(LEVEL_ALL);
    if (sizeof(size_t) < 8)
        cr_skip_test("no draw is that large where sizes have 32 bits");
    shim = probe(&way, the_shim(), NULL, "sizes", WORDS("4GiB"));
    expect_clean(&way, &shim, "");
    expect_number(&way, &shim, "RAND_bytes_ex(2^32 + 64)", 1);
    expect_not_zero(&shim, "head");
    expect_not_zero(&shim, "tail");
    outcome_free(&shim);
}
