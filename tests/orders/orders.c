/*
 * The pool of the vDSO's states in every order in which threads, signal handlers and a fork can
 * meet: build/orders/pool goes through them.
 */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "level.h"
#include "spawn.h"

TestSuite(orders, .timeout = 1800);

enum { NO_VDSO = 77, LONG_ENOUGH = 1500 };

static struct outcome pool(const char *library, const char *scene)
{
    const char *words[] = {NULL, NULL, scene, NULL};
    struct command command = {.argv = words, .seconds = LONG_ENOUGH};
    struct outcome outcome;

    if (access(BUILD_DIR "/orders/pool", X_OK) != 0)
        cr_skip_test("the compiler has no -fsanitize=thread for this machine");
    words[0] = built("orders/pool");
    words[1] = built(library);
    outcome = run(&command);
    if (outcome.exit_code == NO_VDSO)
        cr_skip_test("this kernel's vDSO has no getrandom (Linux 6.11)");
    return outcome;
}

struct scene {
    char name[32];
    int level;
};

static struct scene scenes[] = {
    {"two_threads", LEVEL_QUICK},
    {"three_threads", LEVEL_QUICK},
    {"two_threads_last_slot", LEVEL_QUICK},
    {"three_threads_last_slot", LEVEL_QUICK},
    {"handlers", LEVEL_QUICK},
    {"handlers_last_slot", LEVEL_QUICK},
    {"two_threads_handler", LEVEL_QUICK},
    {"two_threads_handler_last_slot", LEVEL_QUICK},
    {"jumps", LEVEL_QUICK},
    {"jumps_out_of_handlers", LEVEL_QUICK},
    {"cancelled", LEVEL_QUICK},
    {"forks", LEVEL_QUICK},
    {"forks_last_slot", LEVEL_QUICK},
    {"forks_in_handlers", LEVEL_QUICK},
    {"large", LEVEL_QUICK},
    {"large_forks", LEVEL_QUICK},
    {"two_threads_choose", LEVEL_QUICK},
    {"two_threads_handlers", LEVEL_ALL},
    {"three_threads_handler", LEVEL_ALL},
    {"three_threads_twice", LEVEL_ALL},
    {"three_threads_jump", LEVEL_ALL},
    {"three_threads_fork", LEVEL_ALL},
    {"two_threads_choose_twice", LEVEL_ALL},
};

ParameterizedTestParameters(orders, of_steps_give_no_state_to_two_lose_no_slot_and_count_all)
{
    return cr_make_param_array(struct scene, scenes, sizeof(scenes) / sizeof(scenes[0]));
}

ParameterizedTest(struct scene *scene, orders,
                  of_steps_give_no_state_to_two_lose_no_slot_and_count_all)
{
    struct outcome outcome;

    only_from((enum level)scene->level);
    outcome = pool("orders/plain.so", scene->name);
    cr_expect(outcome.exit_code == 0,
              "%s: programs may be given the same bytes, wait for ever or draw ever slower: %s%s",
              scene->name, outcome.out, outcome.err);
    cr_log_info("%s: %s", scene->name, outcome.out);
    outcome_free(&outcome);
}

/* A search that finds nothing in them would be worth nothing. */
Test(orders, in_which_a_broken_pool_fails_are_found)
{
    FILE *mutants = fopen("tests/orders/mutants", "re");
    char line[1024], name[64], scene[64], library[128];
    int count = 0;

    cr_assert(mutants != NULL);
    while (fgets(line, sizeof(line), mutants)) {
        struct outcome outcome;

        if (line[0] == '#' || sscanf(line, "%63s %*s %63s", name, scene) != 2)
            continue;
        snprintf(library, sizeof(library), "orders/mutants/%s.so", name);
        outcome = pool(library, scene);
        cr_expect(outcome.exit_code == 1 && strstr(outcome.out, "in this order:"),
                  "%s goes unnoticed: exit %d, %s%s", name, outcome.exit_code, outcome.out,
                  outcome.err);
        cr_log_info("%s: %.*s", name, (int)strcspn(outcome.out, ","), outcome.out);
        outcome_free(&outcome);
        count++;
    }
    fclose(mutants);
    cr_assert(count > 0);
}
