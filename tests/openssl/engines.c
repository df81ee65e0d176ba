/*
 * The ENGINE "osrandom", for programs that look for it, and OSRANDOM_MODE, which says whether it is
 * active, only registered, or not there.
 */
#include <stdlib.h>
#include <string.h>

#include "ways.h"

static bool has_engines(const struct way *way)
{
    if (version_of(way) < 0x40000)
        return true;
    cr_skip_test("OpenSSL %s has no engines", tree_of(way)->version);
    return false;
}

ParameterizedTestParameters(engine, is_on_the_list_once_and_only_in_the_modes_that_say_so)
{
    return ways_and_elders();
}

ParameterizedTest(struct way *way, engine, is_on_the_list_once_and_only_in_the_modes_that_say_so)
{
    static const struct {
        const char *mode, *words;
        long seen;
    } cases[] = {{"OSRANDOM_MODE=activate", "list", 1},
                 {"OSRANDOM_MODE=register", "list", 1},
                 {"OSRANDOM_MODE=register", "from-the-end", 1},
                 {"OSRANDOM_MODE=builtin", "list", 0}};

    if (!has_engines(way))
        return;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct outcome shim =
            probe(way, the_shim(), WORDS(cases[i].mode), "engine", WORDS(cases[i].words));

        expect_clean(way, &shim, "");
        expect_number(way, &shim, "engines called osrandom", cases[i].seen);
        expect_number(way, &shim, "errors", 0);
        outcome_free(&shim);
    }
}

static void expect_pyca_sequence(const struct way *way, const char *mode)
{
    struct ledger *ledger = ledger_new();
    /* said, for not every machine has the default's first */
    struct outcome shim =
        probe(way, the_ledger_shim(), WORDS(ledger->env, mode, "OSRANDOM_SOURCE=getrandom"),
              "engine", WORDS("pyca"));
    char *name = outcome_value(&shim, "implementation");

    expect_clean(way, &shim, "");
    expect_number(way, &shim, "has RAND", 1);
    expect_number(way, &shim, "length", (long)strlen("getrandom"));
    expect_number(way, &shim, "too small", 0);
    expect_number(way, &shim, "copied", (long)strlen("getrandom"));
    cr_expect(name && strcmp(name, "getrandom") == 0, "the engine names its source %s", name);
    expect_number(way, &shim, "by name", 1);
    expect_number(way, &shim, "default is osrandom", 1);
    expect_number(way, &shim, "errors", 0);
    free(name);
    outcome_free(&shim);

    shim = probe(way, the_ledger_shim(), WORDS(ledger->env, mode), "engine", WORDS("pyca"));
    expect_drawn(way, ledger, &shim, WORDS("RAND_bytes", "BN_rand"));
    outcome_free(&shim);
    ledger_free(ledger);
}

ParameterizedTestParameters(engine, serves_the_sequence_that_pyca_cryptography_used)
{
    return ways_and_elders();
}

ParameterizedTest(struct way *way, engine, serves_the_sequence_that_pyca_cryptography_used)
{
    if (!has_engines(way))
        return;
    expect_pyca_sequence(way, "OSRANDOM_MODE=activate");
    expect_pyca_sequence(way, "OSRANDOM_MODE=register");
}

ParameterizedTestParameters(engine, stays_chosen_when_all_engines_are_registered)
{
    return ways_and_elders();
}

ParameterizedTest(struct way *way, engine, stays_chosen_when_all_engines_are_registered)
{
    struct ledger *ledger = ledger_new();
    const char *env[] = {ledger->env, "OSRANDOM_MODE=register", NULL};
    struct outcome shim;

    if (!has_engines(way))
        return;
    shim = probe(way, the_ledger_shim(), env, "engine", WORDS("chosen"));
    expect_clean(way, &shim, "");
    expect_drawn(way, ledger, &shim, WORDS("RAND_bytes", "BN_rand"));
    expect_number(way, &shim, "errors", 0);
    outcome_free(&shim);
    ledger_free(ledger);
}

ParameterizedTestParameters(engine, is_put_on_the_list_without_a_trace_in_errno)
{
    return ways_and_elders();
}

ParameterizedTest(struct way *way, engine, is_put_on_the_list_without_a_trace_in_errno)
{
    struct outcome shim;

    if (!has_engines(way))
        return;
    shim = probe(way, the_shim(), NULL, "engine", WORDS("errno"));
    expect_clean(way, &shim, "");
    expect_number(way, &shim, "errno", 4242);
    outcome_free(&shim);
}

ParameterizedTestParameters(engine, is_put_on_the_list_for_programs_only)
{
    return linked_ways();
}

ParameterizedTest(struct way *way, engine, is_put_on_the_list_for_programs_only)
{
    struct outcome shim;

    if (!has_engines(way))
        return;
    shim = probe(way, the_shim(), NULL, "engine", WORDS("walk"));
    expect_clean(way, &shim, "");
    expect_number(way, &shim, "after OpenSSL's own walk", 0);
    expect_number(way, &shim, "after the program's", 1);
    outcome_free(&shim);
}

/* In these modes nothing is pinned: the same bytes that stock would give, and none of ours. */
static void expect_untouched(const struct way *way, const char *mode, const char *name,
                             const char *word)
{
    struct ledger *ledger = ledger_new();
    struct outcome shim =
        probe(way, the_ledger_shim(), WORDS(ledger->env, mode), name, WORDS(word));

    expect_clean(way, &shim, "");
    expect_not_drawn(way, ledger, &shim, WORDS("RAND_bytes", "BN_rand"));
    expect_number(way, &shim, "errors", 0);
    outcome_free(&shim);
    ledger_free(ledger);
}

ParameterizedTestParameters(modes, register_and_builtin_leave_openssl_its_generator)
{
    return ways_and_elders();
}

ParameterizedTest(struct way *way, modes, register_and_builtin_leave_openssl_its_generator)
{
    expect_untouched(way, "OSRANDOM_MODE=register", "draws", "");
    expect_untouched(way, "OSRANDOM_MODE=builtin", "draws", "");
    if (version_of(way) < 0x40000)
        expect_untouched(way, "OSRANDOM_MODE=register", "engine", "register-all");
}

ParameterizedTestParameters(modes, reseed_leaves_openssl_its_generator_and_its_list_of_engines)
{
    return all_ways();
}

ParameterizedTest(struct way *way, modes,
                  reseed_leaves_openssl_its_generator_and_its_list_of_engines)
{
    struct outcome shim;

    expect_untouched(way, "OSRANDOM_MODE=reseed", "draws", "");
    if (!has_engines(way))
        return;
    shim = probe(way, the_shim(), WORDS("OSRANDOM_MODE=reseed"), "engine", WORDS("list"));
    expect_clean(way, &shim, "");
    expect_number(way, &shim, "engines called osrandom", 0);
    outcome_free(&shim);
}

ParameterizedTestParameters(modes, register_and_builtin_let_swaps_through)
{
    return ways_and_elders();
}

ParameterizedTest(struct way *way, modes, register_and_builtin_let_swaps_through)
{
    static const char *const modes[] = {"OSRANDOM_MODE=register", "OSRANDOM_MODE=builtin"};

    for (size_t i = 0; i < 2; i++) {
        struct outcome stock = probe(way, NULL, NULL, "swap", WORDS("method"));
        struct outcome shim = probe(way, the_shim(), WORDS(modes[i]), "swap", WORDS("method"));

        expect_clean(way, &shim, "");
        cr_expect(strcmp(stock.out, shim.out) == 0, "%s, %s: stock says\n%sand with the shim\n%s",
                  described(way), modes[i], stock.out, shim.out);
        outcome_free(&stock);
        outcome_free(&shim);
    }
}

/* `openssl engine -t osrandom` says "[ available ]". */
ParameterizedTestParameters(engine, is_shown_by_the_openssl_command)
{
    return linked_ways();
}

ParameterizedTest(struct way *way, engine, is_shown_by_the_openssl_command)
{
    const struct tree *tree = tree_of(way);
    struct outcome shim;

    if (!has_engines(way))
        return;
    shim = run_words(the_shim(), tree, NULL, tree->openssl, "engine", "-t", "osrandom", NULL);
    cr_expect(shim.exit_code == 0 && strstr(shim.out, "(osrandom)") &&
                  strstr(shim.out, "[ available ]"),
              "%s: %s%s", described(way), shim.out, shim.err);
    outcome_free(&shim);
}
