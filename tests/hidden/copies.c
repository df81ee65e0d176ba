/*
 * A process becomes three, each process 1 of a PID namespace within the other's: what repeats on
 * stock, and what does not under the shim, for copies that are pinned and for those that are made
 * to notice.
 */
#include <stdio.h>
#include <string.h>

#include "../duplication/sides.h"
#include "hidden.h"

TestSuite(copies_of_hidden, .timeout = 300);

enum { PROCESSES = 3, CANNOT_RUN = 77 };

static struct outcome run_nested(const struct carrier *carrier, const char *preload,
                                 const char *const *env)
{
    struct outcome outcome = run_carrier(carrier, preload, env, "nested");

    if (outcome.exit_code == CANNOT_RUN)
        cr_skip_test("%s", outcome.out);
    expect_end(carrier, &outcome);
    return outcome;
}

static void expect_stock_repeats(const struct carrier *carrier)
{
    struct outcome stock = run_nested(carrier, NULL, NULL);

    expect_repeats(&stock, PROCESSES, described(carrier));
    outcome_free(&stock);
}

static const char *const pinned[] = {"program", "program-fixed", "module.so", NULL};

ParameterizedTestParameters(copies_of_hidden, with_symbols_share_nothing)
{
    return carriers(pinned);
}

ParameterizedTest(struct carrier *carrier, copies_of_hidden, with_symbols_share_nothing)
{
    struct outcome shim = run_nested(carrier, the_shim(), NULL);

    expect_stock_repeats(carrier);
    expect_differs(&shim, 2 * PROCESSES, described(carrier));
    expect_said(carrier, &shim, NULL);
    outcome_free(&shim);
}

static const char *const stripped_module[] = {"stripped-module.so", NULL};

ParameterizedTestParameters(copies_of_hidden, without_symbols_in_a_module_share_nothing)
{
    return carriers(stripped_module);
}

ParameterizedTest(struct carrier *carrier, copies_of_hidden,
                  without_symbols_in_a_module_share_nothing)
{
    struct outcome shim = run_nested(carrier, the_shim(), NULL);

    expect_stock_repeats(carrier);
    expect_differs(&shim, 2 * PROCESSES, described(carrier));
    outcome_free(&shim);
}

/* It cannot be told from the program that it is in. The README names this limit. */
static const char *const stripped_program[] = {"stripped-program", NULL};

ParameterizedTestParameters(copies_of_hidden, without_symbols_in_a_program_are_left_alone_and_named)
{
    return carriers(stripped_program);
}

ParameterizedTest(struct carrier *carrier, copies_of_hidden,
                  without_symbols_in_a_program_are_left_alone_and_named)
{
    struct outcome shim = run_nested(carrier, the_shim(), NULL);

    expect_repeats(&shim, PROCESSES, described(carrier));
    expect_said(carrier, &shim, "is not covered");
    outcome_free(&shim);
}

/* ---- OSRANDOM_MODE=reseed: nothing is pinned ---- */

static const char *const modules[] = {"module.so", "stripped-module.so", NULL};

ParameterizedTestParameters(copies_of_hidden, in_modules_share_nothing_in_mode_reseed)
{
    return carriers(modules);
}

ParameterizedTest(struct carrier *carrier, copies_of_hidden,
                  in_modules_share_nothing_in_mode_reseed)
{
    struct outcome shim = run_nested(carrier, the_shim(), WORDS("OSRANDOM_MODE=reseed"));

    expect_differs(&shim, 2 * PROCESSES, described(carrier));
    expect_said(carrier, &shim, NULL);
    outcome_free(&shim);
}

static const char *const programs[] = {"program", "stripped-program", NULL};

ParameterizedTestParameters(copies_of_hidden, in_programs_are_left_alone_and_named_in_mode_reseed)
{
    return carriers(programs);
}

ParameterizedTest(struct carrier *carrier, copies_of_hidden,
                  in_programs_are_left_alone_and_named_in_mode_reseed)
{
    struct outcome shim = run_nested(carrier, the_shim(), WORDS("OSRANDOM_MODE=reseed"));

    expect_repeats(&shim, PROCESSES, described(carrier));
    expect_said(carrier, &shim, "is not covered");
    outcome_free(&shim);
}
