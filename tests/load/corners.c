/*
 * The shim where it was not meant to be: twice, in two copies, loaded late, unloaded, with nothing
 * in the environment, and in a process whose standard error has become something else.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "load.h"

static const char *const generations[] = {"openssl-1.1.1", "openssl-3.0", "openssl-3.5",
                                          "openssl-3.6",   "openssl-4.0", NULL};

static void copy(const char *from, const char *to)
{
    struct outcome outcome = run_words(NULL, NULL, NULL, "cp", from, to, NULL);

    cr_assert(outcome.exit_code == 0, "%s", outcome.err);
    outcome_free(&outcome);
}

static void expect_rand(const struct tree *tree, const char *preload, const char *what)
{
    struct ledger *ledger = ledger_new();
    const char *env[] = {ledger->env, NULL};
    struct outcome outcome =
        run_words(preload, tree, env, tree ? tree->openssl : "openssl", "rand", "-hex", "16", NULL);

    expect_exit(&outcome, 0, what);
    cr_expect(ledger_holds_hex(ledger, outcome.out), "%s: %s was not drawn from the system", what,
              outcome.out);
    outcome_free(&outcome);
    ledger_free(ledger);
}

/* In each OpenSSL that has been fetched, and the small one. */
static void expect_draws(const char *preload)
{
    struct ledger *ledger = ledger_new();
    const char *env[] = {ledger->env, NULL};
    struct outcome outcome = run_words(preload, NULL, env, load_file("glibc/draws"), "once", NULL);

    expect_exit(&outcome, 0, "the small OpenSSL");
    expect_from_us(&outcome, ledger, "the small OpenSSL", "key", "bytes", NULL);
    outcome_free(&outcome);
    ledger_free(ledger);
    for (const char *const *name = generations; *name; name++) {
        const struct tree *tree = tree_named(*name);

        if (tree)
            expect_rand(tree, preload, *name);
    }
}

Test(corners, named_twice_it_serves_as_if_named_once)
{
    char *twice = text_format("%s:%s", the_ledger_shim(), the_ledger_shim());

    expect_draws(twice);
    free(twice);
}

Test(corners, two_copies_in_one_process_leave_each_other_alone)
{
    char *directory = directory_new();
    char *other = text_format("%s/copy.so", directory);
    char *both = text_format("%s:%s", the_ledger_shim(), other);

    copy(the_ledger_shim(), other);
    expect_draws(both);
    free(both);
    free(other);
    directory_free(directory);
}

static struct outcome run_draws(const char *shim, const char *const *env, const char *way,
                                const char *argument)
{
    return run_words(shim, NULL, env, load_file("glibc/draws"), way, argument, NULL);
}

/* Too late to be looked up by name, but its constructor finds and pins all the same. */
Test(corners, opened_by_a_running_program_it_pins_what_is_there)
{
    struct ledger *ledger = ledger_new();
    const char *env[] = {ledger->env, NULL};
    struct outcome outcome = run_draws(NULL, env, "open-shim", the_ledger_shim());

    expect_exit(&outcome, 0, "a program that opens the shim");
    expect_from_us(&outcome, ledger, "a program that opens the shim", "key", "bytes", NULL);
    outcome_free(&outcome);
    ledger_free(ledger);
}

Test(corners, closed_by_the_program_that_opened_it_it_leaves_no_pointer_into_nothing)
{
    struct outcome outcome = run_draws(NULL, NULL, "open-and-close-shim", the_shim());

    expect_exit(&outcome, 0, "a program that opens and closes the shim");
    outcome_free(&outcome);
}

/* The loader hands the shim over; the environment has no entry at all. */
Test(corners, an_empty_environment_is_enough)
{
    const struct tree *tree = tree_named("openssl-3.5");
    struct outcome outcome;

    if (!tree)
        cr_skip_test("tests/support/trees get openssl-3.5 has not been run");
    outcome =
        run_words(NULL, NULL, NULL, "env", "-i", tree->loader, "--library-path", tree->libraries,
                  "--preload", the_shim(), load_file("glibc/draws"), "once", NULL);
    expect_exit(&outcome, 0, "a program with an empty environment");
    cr_expect(!strstr(outcome.out, BAD_BYTES), "not drawn from the system: %s", outcome.out);
    outcome_free(&outcome);
}

static void expect_database(const char *prefix, const char *shim)
{
    static const char *const env[] = {"OSRANDOM_LOG=info", NULL};
    char *directory = directory_new();
    char *database = text_format("%s/database", directory);
    char *line =
        text_format("exec %s without-stderr %s %s", load_file("glibc/draws"), database, prefix);
    struct outcome outcome = run_words(shim, NULL, env, "sh", "-c", line, NULL);
    char *content = text_of_file(database);

    cr_expect(outcome.exit_code == 0, "ended with %d (signal %d): %s", outcome.exit_code,
              outcome.signal, outcome.err);
    cr_expect(!strstr(outcome.out, BAD_BYTES), "not drawn from the system: %s", outcome.out);
    cr_expect_str_eq(content, "", "a report went into the program's database");
    free(content);
    outcome_free(&outcome);
    free(line);
    free(database);
    directory_free(directory);
}

Test(corners, a_database_under_descriptor_2_stays_clean)
{
    expect_database("", the_shim());
}

Test(corners, a_database_that_is_opened_where_no_standard_error_was_stays_clean)
{
    expect_database("2>&-", the_shim());
}

Test(corners, a_closed_standard_error_harms_nothing)
{
    struct outcome outcome = run_draws(the_shim(), NULL, "without-stderr", NULL);

    expect_exit(&outcome, 0, "a program without standard error");
    cr_expect(strstr(outcome.out, "set=1\n") && !strstr(outcome.out, BAD_BYTES),
              "a program without standard error got: %s", outcome.out);
    outcome_free(&outcome);
}
