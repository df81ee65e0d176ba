/*
 * The shim's own objects against the model: build/tests/faults/probe runs the rows.
 */
#include "faults.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rows.h"
#include "spawn.h"

TestSuite(faults, .timeout = 3600);

enum { NO_NOTIFICATIONS = 77, LONG_ENOUGH = 3000 };

bool tests_all(void)
{
    const char *all = getenv("OSRANDOM_TEST_ALL");

    return all && *all;
}

void only_with_all(void)
{
    if (!tests_all())
        cr_skip_test("takes minutes; tools/check --all runs it (OSRANDOM_TEST_ALL=1)");
}

static struct outcome probe(const char *which, const char *source, const char *usage,
                            const char *faults, const char *extent)
{
    const char *words[] = {built(which), source, usage, faults, extent, NULL};
    struct command command = {.argv = words, .seconds = LONG_ENOUGH};
    struct outcome outcome = run(&command);

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

#define AGREE(source)                                                                              \
    Test(faults, one_in_a_run_from_##source##_is_met_as_the_model_has_it)                          \
    {                                                                                              \
        expect_agreement(#source, "all", "1", tests_all() ? "e" : "-");                            \
    }                                                                                              \
    Test(faults, two_in_a_row_from_##source##_are_met_as_the_model_has_it)                         \
    {                                                                                              \
        expect_agreement(#source, tests_all() ? "all" : "draws", "2", "-");                        \
    }                                                                                              \
    Test(faults, two_apart_from_##source##_are_met_as_the_model_has_it)                            \
    {                                                                                              \
        only_with_all();                                                                           \
        expect_agreement(#source, "draws", "2", "f");                                              \
    }

AGREE(auto)
AGREE(vdso)
AGREE(getrandom)
AGREE(getentropy)
AGREE(urandom)

static void pass_by(const struct usage *usage, const struct plan *plan,
                    const struct outcome_of_run *expected, void *context)
{
    (void)usage, (void)plan, (void)expected, (void)context;
}

Test(faults, in_a_row_reach_every_cell_of_the_table)
{
    struct extent extent = {.depth = 2};

    for (enum random_source source = RANDOM_AUTO; source <= RANDOM_URANDOM; source++)
        for (size_t i = 0; i < USAGES; i++) {
            struct usage usage = usages[i];

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
        snprintf(path, sizeof(path), "tests/faults/mutants/%s", name);
        outcome = probe(path, source, usage, "1", "q");
        cr_expect(outcome.exit_code == 1 && strstr(outcome.out, "1 of "),
                  "the model does not notice the shim %s: exit %d, %s%s", name, outcome.exit_code,
                  outcome.out, outcome.err);
        outcome_free(&outcome);
        count++;
    }
    fclose(mutants);
    cr_assert(count > 10);
}
