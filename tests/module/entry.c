/*
 * The module's two entry points, what it needs and what it says.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "module.h"

Test(entry, answers_for_the_interface_that_it_knows_and_no_older_one)
{
    void *module = dlopen(built("engines/osrandom.so"), RTLD_NOW | RTLD_LOCAL);
    unsigned long (*check)(unsigned long);

    cr_assert(module, "it does not load into a program without OpenSSL: %s", dlerror());
    *(void **)&check = dlsym(module, "v_check");
    cr_assert(check);
    cr_expect(check(0x00030000) == 0x00030000 && check(0x00040000) == 0x00030000);
    cr_expect(check(0x00020000) == 0, "an OpenSSL with another interface would be let in");
}

Test(entry, is_refused_where_the_caller_is_no_openssl)
{
    void *module = dlopen(built("engines/osrandom.so"), RTLD_NOW | RTLD_LOCAL);
    int (*bind)(void *, const char *, const void *);

    cr_assert(module);
    *(void **)&bind = dlsym(module, "bind_engine");
    cr_expect(bind && bind(NULL, "osrandom", NULL) == 0, "it took this test for an OpenSSL");
}

ParameterizedTestParameters(entry, is_no_engine_of_another_name)
{
    return trees_with_engines();
}

ParameterizedTest(char *name, entry, is_no_engine_of_another_name)
{
    const struct tree *tree = tree_or_skip(name);
    char path[PATH_LENGTH];
    struct outcome right, wrong;

    snprintf(path, sizeof(path), "SO_PATH:%s", built("engines/osrandom.so"));
    right = openssl(
        tree, WORDS("OPENSSL_CONF=/dev/null"),
        WORDS("engine", "dynamic", "-pre", path, "-pre", "ID:osrandom", "-pre", "LOAD", "-t"));
    wrong =
        openssl(tree, WORDS("OPENSSL_CONF=/dev/null"),
                WORDS("engine", "dynamic", "-pre", path, "-pre", "ID:aesni", "-pre", "LOAD", "-t"));
    cr_expect(strstr(right.out, "(osrandom)") && strstr(right.out, "[ available ]"),
              "%s: the engine does not load: %s%s", name, right.out, right.err);
    cr_expect(strstr(wrong.out, "[Failure]: LOAD"),
              "%s: a program that asks for another engine got ours: %s%s", name, wrong.out,
              wrong.err);
    outcome_free(&right);
    outcome_free(&wrong);
}

ParameterizedTestParameters(entry, the_settings_hold_in_the_module_too)
{
    return trees_with_engines();
}

ParameterizedTest(char *name, entry, the_settings_hold_in_the_module_too)
{
    const struct tree *tree = tree_or_skip(name);
    char *directory = engines_directory(built("engines/osrandom.so"));
    struct outcome outcome = openssl(tree,
                                     WORDS(directory, "OPENSSL_CONF=/dev/null", "OSRANDOM_LOG=info",
                                           "OSRANDOM_SOURCE=getrandom"),
                                     WORDS("rand", "-engine", "osrandom", "-hex", "8"));

    cr_expect(strstr(outcome.err, "loaded as an engine") &&
                  strstr(outcome.err, "(source getrandom)"),
              "%s: OSRANDOM_SOURCE and OSRANDOM_LOG are not heeded: %s", name, outcome.err);
    outcome_free(&outcome);
    free(directory);
}

/* The engine list then holds the shim's, which is the same engine. */
ParameterizedTestParameters(entry, the_shim_and_the_module_get_on_together)
{
    return trees_with_engines();
}

ParameterizedTest(char *name, entry, the_shim_and_the_module_get_on_together)
{
    const struct tree *tree = tree_or_skip(name);
    struct ledger *ledger = ledger_new();
    struct engine_configuration active =
        engine_configuration_new(built("engines/osrandom.so"), "default_algorithms = RAND");
    char *directory = engines_directory(built("engines/osrandom.so"));
    struct outcome by_file = run_words(the_ledger_shim(), tree, WORDS(ledger->env, active.env),
                                       tree->openssl, "rand", "-hex", "32", NULL);
    struct outcome by_name =
        run_words(the_ledger_shim(), tree, WORDS(ledger->env, directory, "OPENSSL_CONF=/dev/null"),
                  tree->openssl, "rand", "-engine", "osrandom", "-hex", "32", NULL);

    cr_expect(by_file.exit_code == 0 && ledger_holds_hex(ledger, by_file.out),
              "%s: with both, the shim does not serve: %s%s", name, by_file.out, by_file.err);
    cr_expect(by_name.exit_code == 0 && ledger_holds_hex(ledger, by_name.out),
              "%s: with both, the shim does not serve: %s%s", name, by_name.out, by_name.err);
    outcome_free(&by_file);
    outcome_free(&by_name);
    free(directory);
    engine_configuration_free(&active);
    ledger_free(ledger);
}

/* One file for every OpenSSL and every C library, as the shim is. */
Test(entry, needs_no_library_and_shows_four_symbols)
{
    struct outcome symbols =
        run_words(NULL, NULL, NULL, "sh", "-c", "nm -D --defined-only -P \"$1\" | cut -d ' ' -f 1",
                  "sh", built("engines/osrandom.so"), NULL);
    struct outcome needed =
        run_words(NULL, NULL, NULL, "readelf", "-d", built("engines/osrandom.so"), NULL);

    cr_expect_str_eq(symbols.out,
                     "OSSL_provider_init\nbind_engine\nosrandom_provider_status\nv_check\n",
                     "it shows its host %s", symbols.out);
    cr_expect(strstr(needed.out, "SONAME") && !strstr(needed.out, "(NEEDED)"),
              "it does not load where that library is missing:\n%s", needed.out);
    outcome_free(&symbols);
    outcome_free(&needed);
}
