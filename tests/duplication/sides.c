/*
 * See sides.h.
 */
#include "sides.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "configuration.h"

enum { CANNOT_RUN = 77, MOST_PROCESSES = 8 };

const char *const repeating_trees[] = {"openssl-3.0", "openssl-3.5", "openssl-3.6", "openssl-4.0",
                                       NULL};
const char *const all_trees[] = {"openssl-1.1.1", "openssl-3.0", "openssl-3.5",
                                 "openssl-3.6",   "openssl-4.0", NULL};

static const char *const kinds[] = {"bytes", "priv_bytes", "key", "nonce", "hello"};

enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

const struct tree *need_tree(const char *name)
{
    const struct tree *tree = tree_named(name);

    if (!tree)
        cr_skip_test("%s is not here: tests/support/trees get %s", name, name);
    return tree;
}

static void judge_end(const struct outcome *outcome, const char *what)
{
    char *reason = outcome_value(outcome, "cannot_run");

    if (outcome->exit_code == CANNOT_RUN)
        cr_skip_test("%s", reason ? reason : "the program cannot run here");
    free(reason);
    cr_assert(outcome->exit_code == 0, "%s ended with %d, signal %d%s: %s", what,
              outcome->exit_code, outcome->signal, outcome->timed_out ? ", out of time" : "",
              outcome->err);
}

const char *side_name(enum side side)
{
    static const char *const names[] = {"stock", "the shim",
                                        "the shim with OSRANDOM_SOURCE=getrandom",
                                        "the shim with OSRANDOM_MODE=reseed", "the provider"};

    return names[side];
}

struct outcome run_side(enum side side, const struct tree *tree, const char *program,
                        const char *how, const char *count)
{
    static const char *const settings[] = {[SHIM_GETRANDOM] = "OSRANDOM_SOURCE=getrandom",
                                           [SHIM_RESEED] = "OSRANDOM_MODE=reseed",
                                           [PROVIDER] = NULL};
    char file[128], what[160];
    const char *words[] = {NULL, how, count, NULL}, *env[] = {settings[side], NULL};
    struct command command = {.argv = words,
                              .env = env,
                              .preload = side == STOCK || side == PROVIDER ? NULL : the_shim(),
                              .tree = tree};
    struct configuration configuration = {0};
    struct outcome outcome;

    if (side == PROVIDER) {
        configuration = configuration_for(tree, the_module());
        env[0] = configuration.env;
    }
    snprintf(file, sizeof(file), "duplication/%s/%s", tree->name, program);
    snprintf(what, sizeof(what), "%s %s, %s on %s", program, how, side_name(side), tree->name);
    words[0] = built(file);
    outcome = run(&command);
    if (side == PROVIDER)
        configuration_free(&configuration);
    judge_end(&outcome, what);
    return outcome;
}

size_t number_in(const struct outcome *outcome, const char *name)
{
    char *text = outcome_value(outcome, name);
    size_t number;

    cr_assert(text != NULL, "the program did not print %s=", name);
    number = strtoul(text, NULL, 10);
    free(text);
    return number;
}

/* How many of the values of one kind are equal to an earlier one. */
static int repeats_of(const struct outcome *outcome, const char *kind, int processes)
{
    char *values[MOST_PROCESSES], name[32];
    int repeats = 0;

    for (int i = 0; i < processes; i++) {
        snprintf(name, sizeof(name), "%s.%d", kind, i);
        values[i] = outcome_value(outcome, name);
        cr_assert(values[i] != NULL && strspn(values[i], "0") < strlen(values[i]),
                  "process %d drew no %s", i, kind);
        for (int earlier = 0; earlier < i; earlier++)
            if (strcmp(values[i], values[earlier]) == 0) {
                repeats++;
                break;
            }
    }
    for (int i = 0; i < processes; i++)
        free(values[i]);
    return repeats;
}

/* For those who run the test with --verbose to see it. */
static int tell_repeats(const struct outcome *outcome, size_t kind, int processes, const char *what)
{
    int repeats = repeats_of(outcome, kinds[kind], processes);

    cr_log_info("%s: %d processes, %d different %s", what, processes, processes - repeats,
                kinds[kind]);
    return repeats;
}

void expect_repeats(const struct outcome *outcome, int processes, const char *what)
{
    for (size_t i = 0; i < KINDS; i++)
        cr_expect(
            tell_repeats(outcome, i, processes, what) == processes - 1,
            "%s: stock OpenSSL no longer repeats its %s, so this test proves nothing: look at "
            "what has changed",
            what, kinds[i]);
}

void expect_differs(const struct outcome *outcome, int processes, const char *what)
{
    for (size_t i = 0; i < KINDS; i++)
        cr_expect(tell_repeats(outcome, i, processes, what) == 0,
                  "%s: two processes drew the same %s", what, kinds[i]);
}

bool repeats_at_all(const struct outcome *outcome, int processes, const char *what)
{
    int repeats = 0;

    for (size_t i = 0; i < KINDS; i++)
        repeats += tell_repeats(outcome, i, processes, what);
    return repeats > 0;
}
