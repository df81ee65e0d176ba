/*
 * A process becomes two: what repeats on stock OpenSSL and must not under the shim.
 *
 * OpenSSL 3.0 to 4.0 notice a fork by the process number alone. Where parent and child have the
 * same one, RAND_bytes, RAND_priv_bytes, X25519 keys, ECDSA nonces and TLS randoms all repeat.
 * With nothing but the provider in openssl.cnf they do not.
 */
#include <criterion/criterion.h>
#include <stdio.h>

#include "sides.h"

static void try_side(enum side side, const char *how, int processes)
{
    const char *const *trees = side == PROVIDER ? repeating_trees : all_trees;

    for (size_t i = 0; trees[i]; i++) {
        const struct tree *tree = need_tree(trees[i]);
        struct outcome shim = run_side(side, tree, "forks", how, NULL);
        char what[96];

        snprintf(what, sizeof(what), "%s, %s, %s", tree->name, how, side_name(side));
        expect_differs(&shim, processes, what);
        outcome_free(&shim);
    }
}

static void try_ours(const char *how, int processes)
{
    try_side(SHIM, how, processes);
    try_side(SHIM_RESEED, how, processes);
    try_side(PROVIDER, how, processes);
}

static void try_both(const char *how, int processes)
{
    for (size_t i = 0; repeating_trees[i]; i++) {
        const struct tree *tree = need_tree(repeating_trees[i]);
        struct outcome stock = run_side(STOCK, tree, "forks", how, NULL);
        char what[96];

        snprintf(what, sizeof(what), "%s, %s, stock", tree->name, how);
        expect_repeats(&stock, processes, what);
        outcome_free(&stock);
    }
    try_ours(how, processes);
}

/* What `unshare --pid --fork` and container tools do, within a container. */
Test(forks, first_processes_of_nested_pid_namespaces_share_nothing)
{
    try_both("nested", 3);
}

Test(forks, a_bare_clone_that_no_atfork_handler_sees_shares_nothing)
{
    try_both("raw-clone", 2);
}

Test(forks, a_daemon_that_gets_the_process_number_of_its_ancestor_shares_nothing_with_it)
{
    try_both("daemon", 2);
}

/* Stock does well in the next three; so must the shim. */
Test(forks, a_plain_fork_shares_nothing)
{
    try_ours("fork", 2);
}

Test(forks, a_child_of_vfork_that_draws_shares_nothing)
{
    try_ours("vfork", 2);
}

Test(forks, a_spawned_program_shares_nothing)
{
    try_ours("spawn", 2);
}

static void expect_none_on(enum side side, const struct tree *tree, const char *how,
                           const char *count)
{
    struct outcome ours = run_side(side, tree, "storms", how, count);
    size_t duplicates = number_in(&ours, "duplicates"), zeros = number_in(&ours, "zeros");

    cr_expect(duplicates == 0, "%s, %s, %s: %zu of %zu draws repeat another", tree->name, how,
              side_name(side), duplicates, number_in(&ours, "draws"));
    cr_expect(zeros == 0, "%s, %s, %s: %zu draws are all zero", tree->name, how, side_name(side),
              zeros);
    outcome_free(&ours);
}

static void expect_no_duplicates(const struct tree *tree, const char *how, const char *count)
{
    expect_none_on(SHIM, tree, how, count);
}

static void expect_stock_repeats(const struct tree *tree, const char *how, const char *count)
{
    struct outcome stock = run_side(STOCK, tree, "storms", how, count);
    size_t duplicates = number_in(&stock, "duplicates");

    cr_log_info("%s, %s: on stock %zu draws repeat another", tree->name, how, duplicates);
    cr_expect(duplicates > 0,
              "%s, %s: stock OpenSSL no longer repeats, so this test proves nothing", tree->name,
              how);
    outcome_free(&stock);
}

/* 1.1.1 and 3.0 hold a lock in each draw, the provider's too: the child of a bare clone may wait
 * for it for ever. */
Test(forks, a_fork_while_other_threads_draw_shares_nothing, .timeout = 120)
{
    for (size_t i = 0; repeating_trees[i]; i++) {
        const struct tree *tree = need_tree(repeating_trees[i]);

        expect_no_duplicates(tree, "threads", "20");
        if (i == 0)
            continue;
        expect_none_on(PROVIDER, tree, "threads", "5");
        expect_stock_repeats(tree, "threads", "5");
    }
}

/* Here the process numbers differ, and stock repeats the interrupted draw all the same: it has
 * looked at the number before. */
Test(forks, a_fork_in_a_handler_that_interrupted_a_draw_shares_nothing, .timeout = 120)
{
    for (size_t i = 0; all_trees[i]; i++) {
        const struct tree *tree = need_tree(all_trees[i]);

        expect_no_duplicates(tree, "handler", "300");
        if (i > 0)
            expect_none_on(PROVIDER, tree, "handler", "100");
        expect_stock_repeats(tree, "handler", "30");
    }
}

/* A draw in the handler must not disturb the one that it interrupted. Stock 3.0 hangs there. */
Test(forks, draws_in_a_forking_handler_share_nothing_with_the_interrupted_one, .timeout = 120)
{
    for (size_t i = 0; all_trees[i]; i++)
        expect_no_duplicates(need_tree(all_trees[i]), "drawing-handler", "300");
}

/* Two tasks with the same memory and the same thread's storage: stock fails or hangs there. */
Test(forks, tasks_that_draw_in_one_memory_share_nothing, .timeout = 120)
{
    for (size_t i = 0; repeating_trees[i]; i++)
        expect_no_duplicates(need_tree(repeating_trees[i]), "tasks", "2000000");
}
