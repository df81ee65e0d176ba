/*
 * OpenSSL in other objects than one libcrypto.so: inside a program, twice in a process, unloaded
 * and mapped again; and those that are not OpenSSL.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "level.h"
#include "ways.h"

static struct way carriers[] = {{"openssl-1.1.1", LINKED}, {"openssl-3.0", LINKED}};

static struct criterion_test_params carrier_ways(void)
{
    return cr_make_param_array(struct way, carriers, 2);
}

ParameterizedTestParameters(objects, a_program_that_exports_its_own_copy_is_covered)
{
    return carrier_ways();
}

static void expect_carrier_covered(const struct way *way, const char *name)
{
    struct ledger *ledger = ledger_new();
    struct outcome stock = probe(way, NULL, WORDS(ledger->env), name, NULL);
    struct outcome shim = probe(way, the_ledger_shim(), WORDS(ledger->env), name, NULL);

    expect_clean(way, &shim, "");
    expect_not_drawn(way, ledger, &stock, WORDS("RAND_bytes", "BN_rand"));
    expect_drawn(way, ledger, &shim, WORDS("RAND_bytes", "RAND_priv_bytes", "BN_rand"));
    expect_number(way, &shim, "RAND_status", 1);
    outcome_free(&stock);
    outcome_free(&shim);
    ledger_free(ledger);
}

ParameterizedTest(struct way *way, objects, a_program_that_exports_its_own_copy_is_covered)
{
    expect_carrier_covered(way, "static_exported");
    expect_carrier_covered(way, "static_exported_nopie");
}

ParameterizedTestParameters(objects, a_program_that_hides_its_own_copy_is_covered_by_its_symbols)
{
    return carrier_ways();
}

ParameterizedTest(struct way *way, objects,
                  a_program_that_hides_its_own_copy_is_covered_by_its_symbols)
{
    expect_carrier_covered(way, "static_hidden");
}

/* All values of this name are drawn; the number of them is answered. */
static size_t count_drawn(const struct ledger *ledger, const char *out, const char *name)
{
    size_t count = 0, length = strlen(name);

    for (const char *line = out; (line = strstr(line, name)); line += length) {
        char *value;

        if ((line != out && line[-1] != '\n') || line[length] != '=')
            continue;
        value = strndup(line + length + 1, strcspn(line + length + 1, "\n"));
        cr_expect(ledger_holds_hex(ledger, value), "%s=%s did not come from the system", name,
                  value);
        free(value);
        count++;
    }
    return count;
}

/* The linker has left out what tells its version. */
ParameterizedTestParameters(objects, a_library_that_exports_a_part_of_its_own_copy_is_covered)
{
    return carrier_ways();
}

ParameterizedTest(struct way *way, objects,
                  a_library_that_exports_a_part_of_its_own_copy_is_covered)
{
    const struct tree *tree = tree_of(way);
    struct ledger *ledger = ledger_new();
    char library[64];
    struct outcome shim;

    snprintf(library, sizeof(library), "probes/%s/plain.so", way->tree);
    shim = run_words(the_ledger_shim(), tree, WORDS(ledger->env), built("programs/late"),
                     built(library), NULL);
    expect_clean(way, &shim, "");
    expect_drawn(way, ledger, &shim, WORDS("RAND_bytes", "RAND_priv_bytes", "BN_rand"));
    expect_number(way, &shim, "RAND_status", 1);
    outcome_free(&shim);
    ledger_free(ledger);
}

/* Probes of 1.1.1 and 3.0 in one process, with both trees' libraries. */
static struct outcome run_both(const struct ledger *ledger, const char *setting)
{
    const struct tree *old = tree_named("openssl-1.1.1"), *new = tree_named("openssl-3.0");
    char *libraries = NULL;
    struct tree host;
    struct outcome shim;

    if (!old || !new)
        cr_skip_test("openssl-1.1.1 and openssl-3.0 have not both been fetched");
    host = *new;
    cr_assert(asprintf(&libraries, "%s:%s", new->libraries, old->libraries) > 0);
    host.libraries = libraries;
    shim =
        run_words(the_ledger_shim(), &host, WORDS(ledger->env, setting), built("programs/both"),
                  built("probes/openssl-1.1.1/draws.so"), built("probes/openssl-3.0/draws.so"),
                  built("probes/openssl-1.1.1/keys.so"), built("probes/openssl-3.0/keys.so"), NULL);
    cr_expect(shim.exit_code == 0, "exit %d, signal %d: %s", shim.exit_code, shim.signal, shim.err);
    free(libraries);
    return shim;
}

Test(objects, two_different_openssls_in_one_process_are_both_covered)
{
    struct ledger *ledger = ledger_new();
    struct outcome shim = run_both(ledger, "OSRANDOM_MODE=activate");

    cr_expect(count_drawn(ledger, shim.out, "BN_rand") == 2);
    cr_expect(count_drawn(ledger, shim.out, "Ed25519 key") == 2);
    outcome_free(&shim);
    ledger_free(ledger);
}

/* Each caller's function must be the one of its own OpenSSL: 1.1.1 has no RAND_bytes_ex(). */
Test(objects, two_different_openssls_in_one_process_are_each_handed_their_own_calls)
{
    struct ledger *ledger = ledger_new();
    struct outcome shim = run_both(ledger, "OSRANDOM_MODE=builtin");

    cr_expect(ledger_bytes(ledger) == 0, "mode builtin served a draw");
    outcome_free(&shim);
    ledger_free(ledger);
}

/* A module with an OpenSSL 4.0, behind one with 3.0. */
static void expect_calls_of_its_own(const char *module)
{
    const struct way way = {"openssl-4.0", LATE};
    const struct tree *old = tree_or_skip("openssl-3.0");
    struct tree host = *tree_of(&way);
    struct ledger *ledger = ledger_new();
    char *libraries = NULL;
    struct outcome shim;

    cr_assert(asprintf(&libraries, "%s:%s", host.libraries, old->libraries) > 0);
    host.libraries = libraries;
    shim = run_words(the_ledger_shim(), &host, WORDS(ledger->env), built("programs/both"),
                     built("probes/openssl-3.0/draws.so"), built(module), NULL);
    expect_clean(&way, &shim, "");
    cr_expect(count_drawn(ledger, shim.out, "BN_rand") == 2);
    outcome_free(&shim);
    free(libraries);
    ledger_free(ledger);
}

/* Its OpenSSL is the last of the libraries that it needs. */
Test(objects, a_module_that_needs_many_libraries_is_handed_the_calls_of_its_own)
{
    expect_calls_of_its_own("openssl/crowd/draws.so");
}

Test(objects, a_module_that_needs_a_renamed_file_is_handed_the_calls_of_its_own)
{
    expect_calls_of_its_own("openssl/renamed/draws.so");
}

Test(objects, another_shim_that_defines_the_same_names_is_left_alone)
{
    const struct way way = {"openssl-3.0", LINKED};
    struct ledger *ledger = ledger_new();
    char *both = NULL;
    struct outcome shim;

    cr_assert(asprintf(&both, "%s:%s", the_ledger_shim(), built("programs/other_shim.so")) > 0);
    shim = probe(&way, both, WORDS(ledger->env), "draws", NULL);
    expect_clean(&way, &shim, "");
    expect_drawn(&way, ledger, &shim, WORDS("RAND_bytes", "BN_rand"));
    free(both);
    outcome_free(&shim);
    ledger_free(ledger);
}

ParameterizedTestParameters(objects, an_openssl_that_is_unloaded_and_mapped_again_is_covered_again)
{
    return carrier_ways();
}

ParameterizedTest(struct way *way, objects,
                  an_openssl_that_is_unloaded_and_mapped_again_is_covered_again)
{
    const struct tree *tree = tree_of(way);
    struct ledger *ledger = ledger_new();
    char library[64];
    struct outcome shim;

    snprintf(library, sizeof(library), "probes/%s/unloadable.so", way->tree);
    shim = run_words(the_ledger_shim(), tree, WORDS(ledger->env), built("programs/reload"),
                     built(library), "40", NULL);
    expect_clean(way, &shim, "");
    expect_number(way, &shim, "unloaded", 40);
    expect_drawn(way, ledger, &shim, WORDS("draw 0", "draw 1", "draw 2", "draw 38", "draw 39"));
    outcome_free(&shim);
    ledger_free(ledger);
}

/* The loader's note of it lies in the same memory, too. */
Test(objects, one_that_begins_where_another_was_unloaded_is_covered)
{
    const struct way way = {"openssl-3.0", LATE};
    const struct tree *tree = tree_of(&way);
    struct ledger *ledger = ledger_new();
    struct outcome shim;

    if (!tree_named("openssl-1.1.1"))
        cr_skip_test("openssl-1.1.1 has not been fetched");
    shim = run_words(the_ledger_shim(), tree, WORDS(ledger->env), built("programs/replace"),
                     built("probes/openssl-3.0/unloadable.so"),
                     built("probes/openssl-1.1.1/unloadable.so"), NULL);
    expect_clean(&way, &shim, "");
    expect_drawn(&way, ledger, &shim, WORDS("draw 0", "draw 1", "draw 2"));
    if (strstr(shim.out, "in its place=0"))
        cr_skip_test("the kernel has put the next one elsewhere");
    outcome_free(&shim);
    ledger_free(ledger);
}

/* There is room for eight. The others may be served all the same: this OpenSSL's calls of itself
 * pass by the shim. */
Test(objects, more_than_there_is_room_for_work_and_are_reported)
{
    const struct way way = {"openssl-3.0", LATE};
    const struct tree *tree = tree_of(&way);
    struct ledger *ledger = ledger_new();
    struct outcome shim =
        run_words(the_ledger_shim(), tree, WORDS(ledger->env), built("programs/many"),
                  built("probes/openssl-3.0/unloadable.so"), "10", NULL);

    cr_expect_eq(shim.exit_code, 0, "the program dies: %s", shim.err);
    expect_drawn(&way, ledger, &shim, WORDS("copy 1", "copy 2", "copy 7", "copy 8"));
    cr_expect(strstr(shim.out, "copy 10="), "it cannot draw: %s", shim.out);
    cr_expect(strstr(shim.err, "more than 8 OpenSSLs are loaded; this one is not pinned"),
              "the operator is not told: '%s'", shim.err);
    outcome_free(&shim);
    ledger_free(ledger);
}

/* Two that can be unloaded; the first of them is. */
static struct outcome run_gone(const struct ledger *ledger, const char *setting)
{
    const struct tree *tree = tree_named("openssl-3.0");
    struct outcome shim;

    if (!tree || !tree_named("openssl-1.1.1"))
        cr_skip_test("openssl-1.1.1 and openssl-3.0 have not both been fetched");
    shim = run_words(the_ledger_shim(), tree, WORDS(ledger->env, setting), built("programs/gone"),
                     built("probes/openssl-1.1.1/unloadable.so"),
                     built("probes/openssl-3.0/unloadable.so"), NULL);
    cr_expect(shim.exit_code == 0, "the program dies (exit %d, signal %d): %s", shim.exit_code,
              shim.signal, shim.err);
    return shim;
}

Test(objects, one_that_was_unloaded_is_not_looked_into_by_later_calls)
{
    const struct way way = {"openssl-3.0", LATE};
    struct ledger *ledger = ledger_new();
    struct outcome shim = run_gone(ledger, "OSRANDOM_MODE=activate");

    expect_number(&way, &shim, "unloaded", 1);
    expect_number(&way, &shim, "unknown engine", 0);
    expect_number(&way, &shim, "set", 1);
    expect_drawn(&way, ledger, &shim, WORDS("both", "second", "again", "none"));
    outcome_free(&shim);
    ledger_free(ledger);
}

Test(objects, one_that_was_unloaded_is_not_handed_the_draws_of_another)
{
    const struct way way = {"openssl-3.0", LATE};
    struct ledger *ledger = ledger_new();
    struct outcome shim = run_gone(ledger, "OSRANDOM_MODE=builtin");

    expect_number(&way, &shim, "unloaded", 1);
    expect_number(&way, &shim, "second served", 1);
    expect_number(&way, &shim, "again served", 1);
    expect_not_drawn(&way, ledger, &shim, WORDS("both", "second", "again"));
    outcome_free(&shim);
    ledger_free(ledger);
}

/* What programs draw by RAND_bytes() is ours all the same, and what they ask about it is answered
 * as on stock: curl and ssh-keygen stop at an RAND_status() of 0. */
ParameterizedTestParameters(objects, an_openssl_that_takes_no_method_is_served_and_named)
{
    return carrier_ways();
}

ParameterizedTest(struct way *way, objects, an_openssl_that_takes_no_method_is_served_and_named)
{
    const struct tree *tree = tree_of(way);
    struct ledger *ledger = ledger_new();
    char library[64];
    struct outcome shim;

    snprintf(library, sizeof(library), "probes/%s/methodless.so", way->tree);
    shim = run_words(the_ledger_shim(), tree, WORDS(ledger->env), built("programs/late"),
                     built(library), NULL);
    cr_expect(shim.exit_code == 0 && strstr(shim.err, "was built without RAND_set_rand_method()"),
              "%s: exit %d; the operator reads '%s'", described(way), shim.exit_code, shim.err);
    expect_number(way, &shim, "RAND_status", 1);
    expect_number(way, &shim, "RAND_poll", 1);
    expect_drawn(way, ledger, &shim, WORDS("RAND_bytes", "RAND_priv_bytes"));
    outcome_free(&shim);
    ledger_free(ledger);
}

Test(objects, boringssl_is_recognised_left_alone_and_named)
{
    const struct tree *tree = tree_or_skip("boringssl");
    struct ledger *ledger = ledger_new();
    const char *env[] = {ledger->env, "OSRANDOM_LOG=info", NULL};
    struct outcome stock, shim;
    char *value;

    stock = run_words(NULL, tree, env, built("probes/boringssl/draws"), NULL);
    shim = run_words(the_ledger_shim(), tree, env, built("probes/boringssl/draws"), NULL);
    cr_expect(stock.exit_code == 0 && shim.exit_code == 0, "%s%s", stock.err, shim.err);
    cr_expect(strstr(shim.err, "not needed: BoringSSL"), "the operator reads '%s'", shim.err);
    cr_expect(strcmp(strchr(stock.out, '\n'), strchr(shim.out, '\n')) == 0,
              "stock says\n%sand with the shim\n%s", stock.out, shim.out);
    value = outcome_value(&shim, "RAND_bytes");
    cr_expect(value && !ledger_holds_hex(ledger, value), "BoringSSL was not left alone");
    free(value);
    outcome_free(&stock);
    outcome_free(&shim);
    ledger_free(ledger);
}

Test(objects, boringssl_is_handed_a_size_t_whole)
{
    const struct tree *tree = tree_or_skip("boringssl");
    struct outcome shim;

    only_from(LEVEL_ALL);
    shim = run_words(the_shim(), tree, NULL, built("probes/boringssl/draws"), "large", NULL);
    cr_expect_str_eq(shim.out, "large=1\ntail is zero=0\n", "a size_t length was cut to an int");
    outcome_free(&shim);
}
