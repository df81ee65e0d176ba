/*
 * A draw, and a look at the generator, leave OpenSSL as they do on stock: the configuration read or
 * not, the fallback provider active or not, the error queue and errno. A row of tests/probes/rows.c
 * is a call in a library context.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harmless.h"
#include "text.h"

#define LOSS "a program would find another OpenSSL after a call than it does on stock"

static bool has_contexts(const struct way *way)
{
    if (version_of(way) >= 0x30000)
        return true;
    cr_skip_test("OpenSSL %s has no providers, and a draw reads no configuration",
                 tree_of(way)->version);
    return false;
}

/* The module is the probe's own. */
static char *configuration(void)
{
    return file_with("openssl_conf = all\n[all]\nosrandom_rows = nothing\n[nothing]\na = b\n");
}

/* early: a setting more, or NULL; only of the mode that serves draws then. */
static void expect_as_on_stock(const struct way *way, const char *early, const char *const *words)
{
    char *path = configuration(), *named = text_format("OPENSSL_CONF=%s", path);
    const char *env[] = {named, modules_of(tree_of(way)), early, NULL, NULL};
    struct outcome stock = probe(way, NULL, env, "rows", words);

    for (size_t i = 0; modes[i] && (i == 0 || !early); i++) {
        struct outcome shim;

        env[early ? 3 : 2] = modes[i];
        shim = probe(way, the_shim(), env, "rows", words);
        expect_same_lines(described_with(way, modes[i]), LOSS, &stock, &shim);
        outcome_free(&shim);
    }
    outcome_free(&stock);
    unlink(path);
    free(named);
    free(path);
}

ParameterizedTestParameters(rows, of_calls_in_contexts_are_what_they_are_on_stock)
{
    return all_ways();
}

ParameterizedTest(struct way *way, rows, of_calls_in_contexts_are_what_they_are_on_stock)
{
    if (has_contexts(way))
        expect_as_on_stock(way, NULL, WORDS("forked"));
}

ParameterizedTestParameters(rows, before_main_are_what_they_are_on_stock)
{
    return all_ways();
}

/* In a constructor: of the program, or of a module while dlopen() is at work on it. */
ParameterizedTest(struct way *way, rows, before_main_are_what_they_are_on_stock)
{
    if (has_contexts(way))
        expect_as_on_stock(way, "ROWS_EARLY=1", NULL);
}

ParameterizedTestParameters(rows, of_a_process_that_never_forked_are_what_they_are_on_stock)
{
    return all_ways();
}

/* A few of them, each a process of its own from its start. */
ParameterizedTest(struct way *way, rows, of_a_process_that_never_forked_are_what_they_are_on_stock)
{
    static const char *const calls[] = {"nothing",   "RAND_bytes",  "RAND_priv_bytes",
                                        "RAND_poll", "RAND_status", "BN_rand"};

    if (!has_contexts(way))
        return;
    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
        expect_as_on_stock(way, NULL, WORDS(calls[i], "the default context"));
        expect_as_on_stock(way, NULL, WORDS(calls[i], "the thread's own context"));
    }
    expect_as_on_stock(way, NULL, WORDS("RAND_bytes_ex", "a private context"));
    expect_as_on_stock(way, NULL, WORDS("RAND_bytes_ex", "where a freed context lay"));
}
