/*
 * Small things, each visible to some program: arguments at the edges, an engine of our name,
 * libraries that share OpenSSL's names, memory functions that are set past the shim.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harmless.h"

ParameterizedTestParameters(small, edges_of_arguments_and_an_engine_of_our_name_are_as_on_stock)
{
    return all_ways();
}

ParameterizedTest(struct way *way, small,
                  edges_of_arguments_and_an_engine_of_our_name_are_as_on_stock)
{
    struct outcome stock = probe(way, NULL, NULL, "small", NULL);

    for (size_t i = 0; modes[i]; i++) {
        struct outcome shim = probe(way, the_shim(), WORDS(modes[i]), "small", NULL);

        expect_same_lines(described_with(way, modes[i]),
                          "a program gets another answer, or finds another error on the queue",
                          &stock, &shim);
        outcome_free(&shim);
    }
    outcome_free(&stock);
}

/* A decision, and the README tells it: where the configuration leaves OpenSSL without a generator,
 * stock refuses to draw, and the kernel needs none. What keeps its own generator goes as on stock.
 */
ParameterizedTestParameters(small, draws_need_no_generator_in_the_configuration)
{
    return linked_ways();
}

static int draw_without_a_generator(const struct way *way, const char *preload, const char *mode)
{
    static const char script[] =
        "configuration=$(mktemp) && trap 'rm -f \"$configuration\"' EXIT && "
        "printf '%s\\n' 'openssl_conf = all' '[all]' 'providers = one' '[one]' 'base = base' "
        "'[base]' 'activate = 1' >\"$configuration\" && loader=$1 libraries=$2 preload=$3 && "
        "shift 3 && OPENSSL_CONF=$configuration \"$loader\" --library-path \"$libraries\" "
        "--preload \"$preload\" \"$@\" 2>/dev/null";
    const struct tree *tree = tree_of(way);
    struct outcome outcome =
        run_words(NULL, NULL, WORDS(mode), "sh", "-c", script, "sh", tree->loader, tree->libraries,
                  preload, tree->openssl, "rand", "-hex", "16", NULL);
    int exit_code = outcome.exit_code;

    outcome_free(&outcome);
    return exit_code;
}

ParameterizedTest(struct way *way, small, draws_need_no_generator_in_the_configuration)
{
    if (version_of(way) < 0x30000)
        return;
    cr_expect(draw_without_a_generator(way, "", modes[0]) == 1, "%s: stock draws all the same",
              described(way));
    for (size_t i = 0; modes[i]; i++)
        cr_expect(draw_without_a_generator(way, the_shim(), modes[i]) == (i > 0), "%s, %s",
                  described(way), modes[i]);
}

static void expect_other_reached(const char *what, const char *plugin, const struct tree *tree)
{
    struct outcome stock = run_words(NULL, tree, NULL, built("harmless/use_other"), plugin, NULL);

    for (size_t i = 0; modes[i]; i++) {
        struct outcome shim =
            run_words(the_shim(), tree, WORDS(modes[i]), built("harmless/use_other"), plugin, NULL);
        char title[96];

        snprintf(title, sizeof(title), "%s, %s", what, modes[i]);
        expect_same_lines(title, "a library that shares OpenSSL's names is not called", &stock,
                          &shim);
        outcome_free(&shim);
    }
    outcome_free(&stock);
}

Test(small, libraries_that_share_names_with_openssl_are_called)
{
    expect_other_reached("alone", NULL, NULL);
}

/* The program's references were bound to that library, and stay so. */
Test(small, libraries_that_share_names_are_called_beside_a_late_openssl_too)
{
    const struct tree *tree = tree_or_skip("openssl-3.0");

    expect_other_reached("beside OpenSSL 3.0", built("harmless/openssl-3.0/plugin.so"), tree);
}

ParameterizedTestParameters(small, memory_functions_may_be_set_past_the_shim)
{
    return linked_ways();
}

/* After a late load; the way is the tree's alone. */
ParameterizedTest(struct way *way, small, memory_functions_may_be_set_past_the_shim)
{
    const struct tree *tree = tree_of(way);
    struct outcome stock =
        run_words(NULL, tree, NULL, built("programs/memory_by_name"), tree->libcrypto, NULL);

    for (size_t i = 0; modes[i]; i++) {
        struct outcome shim = run_words(the_shim(), tree, WORDS(modes[i]),
                                        built("programs/memory_by_name"), tree->libcrypto, NULL);

        expect_same_lines(described_with(way, modes[i]),
                          "a program's free() gets a block that it never made", &stock, &shim);
        outcome_free(&shim);
    }
    outcome_free(&stock);
}
