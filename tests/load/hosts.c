/*
 * Hosts without a C library, without a loader, and with a loader that is not done yet.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "load.h"

static struct outcome run_file(const char *shim, const char *file)
{
    return run_words(shim, NULL, NULL, load_file(file), "one", "two", NULL);
}

static void expect_untouched(const char *file, int code)
{
    struct outcome stock = run_file(NULL, file);
    struct outcome ours = run_file(the_shim(), file);

    cr_expect(stock.exit_code == code, "%s itself does not work: exit code %d, signal %d", file,
              stock.exit_code, stock.signal);
    expect_same(&stock, &ours, file);
    outcome_free(&stock);
    outcome_free(&ours);
}

Test(hosts, without_a_c_library_run_on)
{
    expect_untouched("glibc/no_libc_exits", 42);
}

Test(hosts, without_a_c_library_can_draw)
{
    static const char told[] = "getenv=null\nset=0\nanswer=1\nbytes=";
    struct outcome stock = run_file(NULL, "glibc/no_libc_draws");
    struct outcome first = run_file(the_shim(), "glibc/no_libc_draws");
    struct outcome second = run_file(the_shim(), "glibc/no_libc_draws");

    cr_expect_str_eq(stock.out, "nothing is preloaded\n", "the program finds functions by itself");
    expect_exit(&first, 42, "a program without a C library");
    cr_expect(strncmp(first.out, told, sizeof(told) - 1) == 0,
              "a program without a C library was told: %s", first.out);
    cr_expect_str_neq(first.out, second.out, "two processes drew the same bytes");
    outcome_free(&stock);
    outcome_free(&first);
    outcome_free(&second);
}

Test(hosts, that_are_static_do_not_notice)
{
    expect_untouched("glibc/static", 7);
}

Test(hosts, that_are_static_and_position_independent_do_not_notice)
{
    expect_untouched("glibc/static_pie", 7);
}

static void expect_early(const char *shim, const char *mode, const char *wanted)
{
    const char *env[] = {mode, NULL};
    struct outcome outcome = run_words(shim, NULL, env, load_file("glibc/early"), NULL);

    expect_exit(&outcome, 0, "a program with an early getenv()");
    cr_expect_str_eq(outcome.out, wanted, "with %s, a program with an early getenv() said: %s",
                     mode, outcome.out);
    outcome_free(&outcome);
}

/* The loader comes to a preloaded object after the libraries: they run before it is relocated, and
 * an answer that counts as its start would be the end of its settings. */
Test(hosts, that_ask_getenv_while_they_are_relocated_spoil_nothing)
{
    expect_early(NULL, "OSRANDOM_MODE=activate", "answer=1\nkey=bad\n");
    expect_early(the_shim(), "OSRANDOM_MODE=activate", "answer=1\nkey=good\n");
    expect_early(the_shim(), "OSRANDOM_MODE=builtin", "answer=1\nkey=bad\n");
}
