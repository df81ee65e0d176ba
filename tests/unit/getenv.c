/*
 * The interposed getenv(): it answers as the C library's does, at any moment.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "spawn.h"
#include "trees.h"

TestSuite(getenv, .timeout = 120);

static const char *const early_env[] = {"EARLY_SETTING=on", NULL};

/* The shim changes neither how the program ends nor what it says. */
static void same_as_stock(const struct tree *tree, const char *const *env, const char *const *argv)
{
    struct command command = {.argv = argv, .env = env, .tree = tree};
    struct outcome stock = run(&command);
    struct outcome with_shim;

    command.preload = the_shim();
    with_shim = run(&command);
    cr_assert(stock.exit_code == 0, "%s does not run without the shim: %s", argv[0], stock.err);
    cr_assert(with_shim.exit_code == 0, "the program ends with %d, signal %d: %s",
              with_shim.exit_code, with_shim.signal, with_shim.err);
    cr_assert_str_eq(with_shim.out, stock.out, "the program reads other settings");
    cr_assert_str_eq(with_shim.err, "");
    outcome_free(&stock);
    outcome_free(&with_shim);
}

static void early(const struct tree *tree, const char *program)
{
    const char *const argv[] = {built(program), NULL};

    same_as_stock(tree, early_env, argv);
    same_as_stock(tree, NULL, argv);
}

Test(getenv, serves_a_resolver_that_runs_before_the_shim_is_relocated)
{
    early(NULL, "tests/unit/early-lazy");
}

Test(getenv, serves_a_resolver_of_a_library_that_is_bound_at_once)
{
    early(NULL, "tests/unit/early-now");
}

static void early_in(const char *name)
{
    const struct tree *tree = tree_named(name);

    if (!tree)
        cr_skip_test("the software of this name has not been fetched");
    early(tree, "tests/unit/early-lazy");
    early(tree, "tests/unit/early-now");
}

Test(getenv, serves_an_early_resolver_under_the_c_library_of_openssl_3_5)
{
    early_in("openssl-3.5");
}

Test(getenv, serves_an_early_resolver_under_the_c_library_of_openssl_4_0)
{
    early_in("openssl-4.0");
}

Test(getenv, answers_as_the_c_library_does)
{
    static const char *const env[] = {"NAME=value",
                                      "EMPTY=",
                                      "EQUALS==",
                                      "A=B=C",
                                      "OPENSSL_ia32cap=~0x1",
                                      "OPENSSL_CONF=/nowhere",
                                      "OPENSSL_=short",
                                      "OPENSSL_cap=shortest",
                                      NULL};
    const char *const argv[] = {built("tests/unit/getenv_probe"),
                                "NAME",
                                "NAM",
                                "NAMES",
                                "NAME=value",
                                "NAME=",
                                "EMPTY",
                                "EQUALS",
                                "EQUALS=",
                                "A",
                                "A=B",
                                "UNSET",
                                "",
                                "=",
                                "no equals sign",
                                "OPENSSL_ia32cap",
                                "OPENSSL_armcap",
                                "OPENSSL_CONF",
                                "OPENSSL_",
                                "OPENSSL_cap",
                                "OPENSSL",
                                "PATH",
                                NULL};

    same_as_stock(NULL, env, argv);
}
