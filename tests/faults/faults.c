/*
 * The shim's own objects against the model: build/tests/faults/probe runs the rows.
 */
#include "level.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rows.h"
#include "spawn.h"

TestSuite(faults, .timeout = 3600);

enum { NO_NOTIFICATIONS = 77, LONG_ENOUGH = 3000 };

static struct outcome probe(const char *which, const char *source, const char *usage,
                            const char *faults, const char *extent)
{
    const char *words[] = {built(which), source, usage, faults, extent, NULL};
    struct command command = {.argv = words, .seconds = LONG_ENOUGH};
    struct outcome outcome;

    only_with_64_bit_calls();
    outcome = run(&command);
    if (outcome.exit_code == NO_NOTIFICATIONS)
        cr_skip_test("no seccomp user notifications on this machine");
    return outcome;
}

static void expect_agreement(const char *source, const char *usage, const char *faults,
                             const char *extent)
{
    struct outcome outcome = probe("tests/faults/probe", source, usage, faults, extent);

    cr_assert(outcome.exit_code == 0,
              "with OSRANDOM_SOURCE=%s the shim does otherwise than the model when system calls "
              "fail: a draw may go unserved, or an operator untold\n%s%s",
              source, outcome.out, outcome.err);
    outcome_free(&outcome);
}

/* In which usages two faults in a row are tried, lest a cell of the table be without a run. */
static const char *const paired[] = {
    [RANDOM_AUTO] = "draws",
    [RANDOM_VDSO] = "draws",
    [RANDOM_GETRANDOM] = "draws",
    [RANDOM_GETENTROPY] = "draws",
    [RANDOM_URANDOM] = "draws,low,abort",
};

static void one_from(const char *source)
{
    expect_agreement(source, level() == LEVEL_QUICK ? "draws" : "all", "1",
                     level() == LEVEL_ALL ? "e" : "-");
}

static void two_from(enum random_source source)
{
    only_from(LEVEL_USUAL);
    if (level() == LEVEL_USUAL) {
        expect_agreement(source_name(source), paired[source], "2", "-");
        return;
    }
    expect_agreement(source_name(source), "all", "2", "-");
    expect_agreement(source_name(source), "draws", "2", "f");
}

#define TESTS_FROM(source, SOURCE)                                                                 \
    Test(faults, one_in_a_run_from_##source##_is_met_as_the_model_has_it)                          \
    {                                                                                              \
        one_from(#source);                                                                         \
    }                                                                                              \
    Test(faults, two_in_a_row_from_##source##_are_met_as_the_model_has_it)                         \
    {                                                                                              \
        two_from(SOURCE);                                                                          \
    }

TESTS_FROM(auto, RANDOM_AUTO)
TESTS_FROM(vdso, RANDOM_VDSO)
TESTS_FROM(getrandom, RANDOM_GETRANDOM)
TESTS_FROM(getentropy, RANDOM_GETENTROPY)
TESTS_FROM(urandom, RANDOM_URANDOM)

static void pass_by(const struct usage *usage, const struct plan *plan,
                    const struct outcome_of_run *expected, void *context)
{
    (void)usage, (void)plan, (void)expected, (void)context;
}

Test(faults, as_usually_run_reach_every_cell_of_the_table)
{
    for (enum random_source source = RANDOM_AUTO; source <= RANDOM_URANDOM; source++)
        for (size_t i = 0; i < USAGES; i++) {
            struct usage usage = usages[i];
            struct extent extent = {.depth = strstr(paired[source], usage.name) ? 2 : 1};

            usage.source = source;
            rows_each(&usage, &extent, pass_by, NULL);
        }
    cr_assert_str_eq(model_idle_cells(), "", "no run shows whether the model is right there: %s",
                     model_idle_cells());
}

/* A model that agrees with everything would be worth nothing. */
Test(faults, of_the_shim_itself_are_noticed)
{
    FILE *mutants = fopen("tests/faults/mutants", "re");
    char line[512], name[64], path[128], source[32], usage[32];
    int count = 0;

    cr_assert(mutants != NULL);
    while (fgets(line, sizeof(line), mutants)) {
        struct outcome outcome;

        if (line[0] == '#' || sscanf(line, "%63s %*s %31s %31s", name, source, usage) != 3)
            continue;
        if (strcmp(source, "vdso") == 0 && !vdso_has_getrandom())
            continue; /* its faults are not in the way */
        snprintf(path, sizeof(path), "tests/faults/mutants/%s", name);
        outcome = probe(path, source, usage, "1", "q");
        cr_expect(
            outcome.exit_code == 1 && strstr(outcome.out, "1 of "),
            "the model does not notice the shim %s, or its line in tests/faults/mutants changes "
            "nothing any more: exit %d, %s%s",
            name, outcome.exit_code, outcome.out, outcome.err);
        outcome_free(&outcome);
        count++;
    }
    fclose(mutants);
    cr_assert(count > 10);
}
