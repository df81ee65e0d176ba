/*
 * Whose bytes the generators and the methods give that OpenSSL hands to programs.
 */
#include <stdlib.h>
#include <string.h>

#include "harmless.h"
#include "level.h"
#include "text.h"

static void need_version(const struct way *way, unsigned int least, const char *what)
{
    if (version_of(way) < least)
        cr_skip_test("OpenSSL %s has no %s", tree_of(way)->version, what);
}

static void expect_all_served(const struct way *way, const char *threads, long count)
{
    const char *const *words = WORDS("threads", threads);
    struct outcome shim = probe(way, the_shim(), NULL, "lent", words);
    char *served;

    skip_if_it_cannot_run(&shim);
    served = outcome_value(&shim, "threads");
    expect_clean(way, &shim, "");
    cr_expect(served && atol(served) == 2 * count,
              "%s: with %s threads, %s of %ld draws from default generators are the system's; the "
              "others have fallen back to OpenSSL's own, silently",
              described(way), threads, served, 2 * count);
    expect_number(way, &shim, "main thread, before", 1);
    expect_number(way, &shim, "main thread, after", 1);
    free(served);
    outcome_free(&shim);
}

ParameterizedTestParameters(lent, generators_of_many_threads_stay_the_systems)
{
    return all_ways();
}

ParameterizedTest(struct way *way, lent, generators_of_many_threads_stay_the_systems)
{
    need_version(way, 0x30000, "EVP_RAND");
    expect_all_served(way, "600", 600);
    if (level() >= LEVEL_USUAL)
        expect_all_served(way, "3000", 3000);
}

ParameterizedTestParameters(lent, generators_stay_the_systems_beside_a_private_context_with_its_own)
{
    return all_ways();
}

ParameterizedTest(struct way *way, lent,
                  generators_stay_the_systems_beside_a_private_context_with_its_own)
{
    struct outcome shim;

    need_version(way, 0x30100, "RAND_set0_public()");
    shim = probe(way, the_shim(), NULL, "lent", WORDS("private"));
    expect_clean(way, &shim, "");
    expect_number(way, &shim, "before", 1);
    expect_number(way, &shim, "a new thread, after", 1);
    expect_number(way, &shim, "the same thread, after", 1);
    outcome_free(&shim);
}

static struct way with_fips[] = {
    {"openssl-3.5", LINKED}, {"openssl-3.6", LINKED}, {"openssl-4.0", LINKED}};

ParameterizedTestParameters(lent, generators_of_a_fips_provider_are_its_own_wherever_they_lie)
{
    return cr_make_param_array(struct way, with_fips, 3);
}

/* The C library gives the memory of a thread's generators to the next one. */
ParameterizedTest(struct way *way, lent,
                  generators_of_a_fips_provider_are_its_own_wherever_they_lie)
{
    const struct tree *tree = tree_of(way);
    char directory[] = "/tmp/osrandom-fips-XXXXXX";
    char *modules = text_format("%s/ossl-modules", tree->libraries);
    struct outcome made, stock, shim;

    cr_assert(mkdtemp(directory));
    made = run_words(NULL, NULL, NULL, "tests/support/fips_config", tree->loader, tree->libraries,
                     tree->openssl, directory, NULL);
    cr_assert_eq(made.exit_code, 0, "%s", made.err);
    made.out[strcspn(made.out, "\n")] = '\0';
    stock = probe(way, NULL, NULL, "lent", WORDS("fips", modules, made.out));
    shim = probe(way, the_shim(), NULL, "lent", WORDS("fips", modules, made.out));
    expect_same_lines(described(way),
                      "keys of a FIPS provider would come from outside its validated boundary",
                      &stock, &shim);
    expect_number(way, &stock, "some were reused", 1);
    outcome_free(&stock);
    outcome_free(&shim);
    outcome_free(&made);
    made = run_words(NULL, NULL, NULL, "rm", "-r", directory, NULL);
    outcome_free(&made);
    free(modules);
}

ParameterizedTestParameters(lent, the_default_method_is_the_systems)
{
    return ways_and_elders();
}

ParameterizedTest(struct way *way, lent, the_default_method_is_the_systems)
{
    struct ledger *ledger = ledger_new();
    struct outcome shim =
        probe(way, the_ledger_shim(), WORDS(ledger->env), "default_method", WORDS("draw"));

    expect_clean(way, &shim, "");
    expect_drawn(way, ledger, &shim, WORDS("default method"));
    outcome_free(&shim);
    ledger_free(ledger);
}

ParameterizedTestParameters(lent, the_default_method_can_be_set_without_being_a_swap)
{
    return ways_and_elders();
}

/* Debian's Tor sets it whenever it finds another one. */
ParameterizedTest(struct way *way, lent, the_default_method_can_be_set_without_being_a_swap)
{
    static const char *const policies[] = {"OSRANDOM_ON_REPLACE=ignore", "OSRANDOM_ON_REPLACE=fail",
                                           "OSRANDOM_ON_REPLACE=abort",
                                           "OSRANDOM_ON_REPLACE=allow"};

    for (size_t i = 0; i < sizeof(policies) / sizeof(policies[0]); i++) {
        struct ledger *ledger = ledger_new();
        struct outcome shim = probe(way, the_ledger_shim(), WORDS(ledger->env, policies[i]),
                                    "default_method", WORDS("set"));

        expect_clean(way, &shim, "");
        expect_number(way, &shim, "current is the default", 1);
        expect_number(way, &shim, "set", 1);
        expect_number(way, &shim, "swaps", 0);
        expect_drawn(way, ledger, &shim, WORDS("RAND_bytes", "BN_rand"));
        outcome_free(&shim);
        ledger_free(ledger);
    }
}

ParameterizedTestParameters(lent, the_default_method_does_not_repeat_in_nested_namespaces)
{
    return linked_ways();
}

/* On 1.1.1 the processor's clock tells the two apart on stock, mostly. */
ParameterizedTest(struct way *way, lent, the_default_method_does_not_repeat_in_nested_namespaces)
{
    struct outcome stock = probe(way, NULL, NULL, "default_method", WORDS("nested"));
    struct outcome shim = probe(way, the_shim(), NULL, "default_method", WORDS("nested"));
    char *first, *second;

    skip_if_it_cannot_run(&stock);
    first = outcome_value(&stock, "first");
    second = outcome_value(&stock, "second");
    cr_expect(version_of(way) < 0x30000 || (first && second && strcmp(first, second) == 0),
              "%s: stock no longer repeats, so this test proves nothing", described(way));
    free(first);
    free(second);
    first = outcome_value(&shim, "first");
    second = outcome_value(&shim, "second");
    cr_expect(first && second && strcmp(first, second) != 0,
              "%s: two containers drew the same bytes from RAND_OpenSSL(): %s", described(way),
              first);
    free(first);
    free(second);
    outcome_free(&stock);
    outcome_free(&shim);
}
