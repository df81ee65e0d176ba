/*
 * Copies that kept their symbols, or whose symbols are installed: covered like any other OpenSSL.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hidden.h"

TestSuite(pinned, .timeout = 300);

static const char *const with_symbols[] = {"program", "program-fixed", "module.so",
                                           "module-anonymous.so", NULL};

ParameterizedTestParameters(pinned, a_copy_with_symbols_draws_from_the_system)
{
    return carriers(with_symbols);
}

ParameterizedTest(struct carrier *carrier, pinned, a_copy_with_symbols_draws_from_the_system)
{
    struct ledger *ledger = ledger_new();
    const char *env[] = {ledger->env, NULL};
    struct outcome stock = run_carrier(carrier, NULL, env, "keys");
    struct outcome shim = run_carrier(carrier, the_ledger_shim(), env, "keys");

    expect_end(carrier, &stock);
    expect_end(carrier, &shim);
    expect_none_drawn(carrier, ledger, &stock);
    expect_all_drawn(carrier, ledger, &shim);
    expect_said(carrier, &shim, NULL);
    outcome_free(&stock);
    outcome_free(&shim);
    ledger_free(ledger);
}

static const char *const one_module[] = {"module.so", NULL};

ParameterizedTestParameters(pinned, a_copy_is_named_as_any_other)
{
    return carriers(one_module);
}

ParameterizedTest(struct carrier *carrier, pinned, a_copy_is_named_as_any_other)
{
    struct outcome shim = run_carrier(carrier, the_shim(), WORDS("OSRANDOM_LOG=info"), "keys");

    expect_end(carrier, &shim);
    expect_said(carrier, &shim, "module.so draws from the operating system");
    outcome_free(&shim);
}

ParameterizedTestParameters(pinned, a_copy_is_left_alone_in_mode_builtin)
{
    return carriers(one_module);
}

ParameterizedTest(struct carrier *carrier, pinned, a_copy_is_left_alone_in_mode_builtin)
{
    struct ledger *ledger = ledger_new();
    struct outcome shim = run_carrier(carrier, the_ledger_shim(),
                                      WORDS(ledger->env, "OSRANDOM_MODE=builtin"), "keys");

    expect_end(carrier, &shim);
    expect_none_drawn(carrier, ledger, &shim);
    outcome_free(&shim);
    ledger_free(ledger);
}

/* Whoever links it may have left a setter that nothing reads. */
Test(pinned, a_copy_that_does_not_draw_by_the_method_is_given_it_back_and_guarded)
{
    struct outcome shim =
        run_words(the_shim(), NULL, NULL, built("programs/late"), built("hidden/useless.so"), NULL);

    cr_expect_str_eq(shim.out, "method=0\n", "the shim's method stays where it serves nobody");
    cr_expect(strstr(shim.err, "made to notice forks: it does not draw by a method"), "%s",
              shim.err);
    outcome_free(&shim);
}

/* ---- Symbols in a file of their own ---- */

/* Runs the words where /usr/lib/debug has this file for that build id, and nothing else. */
static struct outcome run_with_debug_file(const struct carrier *carrier,
                                          const struct ledger *ledger, const char *debug_file,
                                          const char *id_of)
{
    static const char script[] =
        "id=$(readelf -n \"$1\" | sed -n 's/.*Build ID: //p') && "
        "mount -t tmpfs none /usr/lib/debug && mkdir -p "
        "\"/usr/lib/debug/.build-id/${id%%${id#??}}\" && "
        "cp \"$2\" \"/usr/lib/debug/.build-id/${id%%${id#??}}/${id#??}.debug\" && "
        "shift 2 && exec \"$@\"";
    const struct tree *tree = linked_tree_or_skip(carrier->tree);
    char module[64], debug[64], identity[64];

    snprintf(module, sizeof(module), "hidden/%s/stripped-module.so", carrier->tree);
    snprintf(debug, sizeof(debug), "hidden/%s/%s", carrier->tree, debug_file);
    snprintf(identity, sizeof(identity), "hidden/%s/%s", carrier->tree, id_of);
    return run_words(NULL, NULL, WORDS(ledger->env), "unshare", "-m", "sh", "-ec", script, "sh",
                     built(identity), built(debug), tree->loader, "--library-path", tree->libraries,
                     "--preload", the_ledger_shim(), built("programs/late"), built(module), "keys",
                     NULL);
}

static void need_a_place_for_debug_files(void)
{
    struct outcome tried = run_words(NULL, NULL, NULL, "unshare", "-m", "mount", "-t", "tmpfs",
                                     "none", "/usr/lib/debug", NULL);

    if (tried.exit_code != 0)
        cr_skip_test("nothing can be mounted on /usr/lib/debug here: %s", tried.err);
    outcome_free(&tried);
}

ParameterizedTestParameters(pinned, a_stripped_copy_with_its_debug_symbols_draws_from_the_system)
{
    return carriers(one_module);
}

ParameterizedTest(struct carrier *carrier, pinned,
                  a_stripped_copy_with_its_debug_symbols_draws_from_the_system)
{
    struct ledger *ledger = ledger_new();
    struct outcome shim;

    need_a_place_for_debug_files();
    shim = run_with_debug_file(carrier, ledger, "module.so.debug", "stripped-module.so");
    expect_end(carrier, &shim);
    expect_all_drawn(carrier, ledger, &shim);
    expect_said(carrier, &shim, NULL);
    outcome_free(&shim);
    ledger_free(ledger);
}

ParameterizedTestParameters(pinned, a_debug_file_of_another_build_is_not_believed)
{
    return carriers(one_module);
}

ParameterizedTest(struct carrier *carrier, pinned, a_debug_file_of_another_build_is_not_believed)
{
    struct ledger *ledger = ledger_new();
    struct outcome shim;

    need_a_place_for_debug_files();
    shim = run_with_debug_file(carrier, ledger, "module-needing.so", "stripped-module.so");
    expect_end(carrier, &shim);
    expect_none_drawn(carrier, ledger, &shim);
    outcome_free(&shim);
    ledger_free(ledger);
}

/* ---- The file is another one by then ---- */

static struct outcome run_replaced(const struct carrier *carrier, const struct ledger *ledger,
                                   const char *by)
{
    char directory[] = "/tmp/osrandom-hidden-XXXXXX", module[64], path[64], beside[64], replace[96],
         replace_by[96], source[64];
    struct outcome copied, shim;

    linked_tree_or_skip(carrier->tree);
    cr_assert(mkdtemp(directory) != NULL);
    snprintf(module, sizeof(module), "hidden/%s/module-needing.so", carrier->tree);
    snprintf(source, sizeof(source), "hidden/%s/%s", carrier->tree, by);
    snprintf(path, sizeof(path), "%s/module.so", directory);
    snprintf(beside, sizeof(beside), "%s/new.so", directory);
    snprintf(replace, sizeof(replace), "REPLACE=%s", path);
    snprintf(replace_by, sizeof(replace_by), "REPLACE_BY=%s", beside);
    copied = run_words(NULL, NULL, NULL, "cp", built(module), path, NULL);
    outcome_free(&copied);
    copied = run_words(NULL, NULL, NULL, "cp", built(source), beside, NULL);
    outcome_free(&copied);
    shim =
        run_file(carrier, the_ledger_shim(), WORDS(ledger->env, replace, replace_by), path, "keys");
    copied = run_words(NULL, NULL, NULL, "rm", "-r", directory, NULL);
    outcome_free(&copied);
    return shim;
}

ParameterizedTestParameters(pinned, a_file_that_took_the_place_of_the_mapped_one_is_not_believed)
{
    return carriers(one_module);
}

ParameterizedTest(struct carrier *carrier, pinned,
                  a_file_that_took_the_place_of_the_mapped_one_is_not_believed)
{
    struct ledger *ledger = ledger_new();
    struct outcome shim = run_replaced(carrier, ledger, "module.so");

    expect_end(carrier, &shim);
    expect_none_drawn(carrier, ledger, &shim);
    expect_said(carrier, &shim, "its file is not the one in memory");
    outcome_free(&shim);
    shim = run_replaced(carrier, ledger, "module-needing.so");
    expect_end(carrier, &shim);
    expect_all_drawn(carrier, ledger, &shim);
    outcome_free(&shim);
    ledger_free(ledger);
}
