/*
 * What getpid() says: to the program always the truth, to a generator under guard another number
 * once its process was duplicated with the same one.
 */
#include <stdio.h>
#include <stdlib.h>

#include "hidden.h"

TestSuite(numbers, .timeout = 300);

enum { CANNOT_RUN = 77, LARGEST_REAL = (1 << 22) - 1 };

static struct outcome run_numbers(const struct carrier *carrier, const char *preload,
                                  const char *const *env)
{
    const struct tree *tree = linked_tree_or_skip(carrier->tree);
    char module[64];
    struct outcome outcome;

    snprintf(module, sizeof(module), "hidden/%s/%s", carrier->tree, carrier->name);
    outcome = run_words(preload, tree, env, built("hidden/numbers"), built(module), NULL);
    if (outcome.exit_code == CANNOT_RUN)
        cr_skip_test("no PID namespaces here");
    expect_end(carrier, &outcome);
    return outcome;
}

static int number_of(const struct outcome *outcome, const char *name)
{
    char *text = outcome_value(outcome, name);
    int number = text ? atoi(text) : -1;

    cr_assert(text != NULL, "there is no %s in %s", name, outcome->out);
    free(text);
    return number;
}

static void expect_truth_for_the_program(const struct carrier *carrier,
                                         const struct outcome *outcome)
{
    cr_expect(number_of(outcome, "outside_wrong") == 0 && number_of(outcome, "first_wrong") == 0 &&
                  number_of(outcome, "second_wrong") == 0,
              "%s: the program is told another process number: %s", described(carrier),
              outcome->out);
    cr_expect(number_of(outcome, "first_real") == 1 && number_of(outcome, "second_real") == 1);
}

static const char *const stripped[] = {"stripped-module.so", NULL};

ParameterizedTestParameters(numbers, are_others_for_a_guarded_object_only_and_in_a_copy_only)
{
    return carriers(stripped);
}

ParameterizedTest(struct carrier *carrier, numbers,
                  are_others_for_a_guarded_object_only_and_in_a_copy_only)
{
    static const char *const modes[] = {"OSRANDOM_MODE=activate", "OSRANDOM_MODE=reseed"};

    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        struct outcome shim = run_numbers(carrier, the_shim(), WORDS(modes[i]));

        expect_truth_for_the_program(carrier, &shim);
        cr_expect(number_of(&shim, "outside_told") == number_of(&shim, "outside_real") &&
                      number_of(&shim, "first_told") == 1,
                  "%s, %s: another number without a reason: %s", described(carrier), modes[i],
                  shim.out);
        cr_expect(number_of(&shim, "second_told") > LARGEST_REAL &&
                      number_of(&shim, "again_second_told") == number_of(&shim, "second_told"),
                  "%s, %s: the copy does not notice: %s", described(carrier), modes[i], shim.out);
        outcome_free(&shim);
    }
}

static const char *const with_symbols[] = {"module.so", NULL};

ParameterizedTestParameters(numbers, are_the_real_ones_for_what_is_pinned_and_what_is_left_alone)
{
    return carriers(with_symbols);
}

ParameterizedTest(struct carrier *carrier, numbers,
                  are_the_real_ones_for_what_is_pinned_and_what_is_left_alone)
{
    static const char *const modes[] = {"OSRANDOM_MODE=activate", "OSRANDOM_MODE=register",
                                        "OSRANDOM_MODE=builtin"};

    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        struct outcome shim = run_numbers(carrier, the_shim(), WORDS(modes[i]));

        expect_truth_for_the_program(carrier, &shim);
        cr_expect(number_of(&shim, "second_told") == 1, "%s, %s: %s", described(carrier), modes[i],
                  shim.out);
        outcome_free(&shim);
    }
}
