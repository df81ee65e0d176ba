/*
 * A VM, snapshot once and resumed twice: with a new vmgenid, by which the kernel knows that it was
 * cloned and reseeds itself, and without, where nothing in the guest can know.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest.h"
#include "level.h"
#include "sides.h"

enum { RESUMES = 2, SECONDS = 580 };

/* The lines that begin with this, and without it. */
static struct outcome part_of(const struct outcome *all, const char *start)
{
    struct outcome part = {.out = calloc(1, all->out_length + 1)};
    char *end = part.out;

    for (const char *line = all->out; line && *line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, start, strlen(start)) != 0)
            continue;
        line += strlen(start);
        end = mempcpy(end, line, strcspn(line, "\n") + 1);
    }
    return part;
}

static struct outcome snapshots(void)
{
    const char *words[16] = {"tests/duplication/vm/snapshots", BUILD_DIR, guest_kernel(), NULL};
    struct command command = {.argv = words, .seconds = SECONDS};
    struct outcome outcome;

    for (size_t i = 0; repeating_trees[i]; i++)
        words[3 + i] = need_tree(repeating_trees[i])->name;
    outcome = run(&command);
    cr_assert(outcome.exit_code == 0, "%s", outcome.err);
    return outcome;
}

static void judge(const struct outcome *all, const char *tree, enum side side)
{
    char start[64];
    struct outcome part;

    snprintf(start, sizeof(start), "with/%s-%s/", tree,
             side == STOCK  ? "stock"
             : side == SHIM ? "shim"
                            : "provider");
    part = part_of(all, start);
    if (side == STOCK)
        expect_repeats(&part, RESUMES, start);
    else
        expect_differs(&part, RESUMES, start);
    outcome_free(&part);
}

/* Not judged, for it is the kernel's: how many of its own values repeat without a new vmgenid. */
static void tell_about_kernel(const struct outcome *all)
{
    struct outcome part = part_of(all, "without/openssl-3.5-stock/");
    char *one = outcome_value(&part, "kernel.0");
    char *other = outcome_value(&part, "kernel.1");

    cr_assert(one && other, "the guests printed nothing of the kernel's");
    cr_log_info("without a new vmgenid, the kernel's bytes %s",
                strcmp(one, other) == 0 ? "repeat" : "differ");
    free(one);
    free(other);
    outcome_free(&part);
}

Test(vm, two_resumes_of_one_snapshot_share_nothing, .timeout = SECONDS + 60)
{
    struct outcome all;

    only_from(LEVEL_ALL);
    need_guests();
    all = snapshots();
    for (size_t i = 0; repeating_trees[i]; i++) {
        judge(&all, repeating_trees[i], STOCK);
        judge(&all, repeating_trees[i], SHIM);
        judge(&all, repeating_trees[i], PROVIDER);
    }
    tell_about_kernel(&all);
    outcome_free(&all);
}
