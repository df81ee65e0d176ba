/*
 * The small OpenSSL under the host's C library and under musl, where no real OpenSSL is at hand:
 * linked at start and loaded late, with threads and across a fork.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "load.h"

static const char *const libcs[] = {"glibc", "musl", NULL};

static struct outcome run_linked(const char *libc, const char *shim, const struct ledger *ledger,
                                 const char *way)
{
    char *program = text_format("%s/draws", libc);
    const char *env[] = {ledger->env, NULL};
    struct outcome outcome = run_words(shim, NULL, env, load_file(program), way, NULL);

    free(program);
    return outcome;
}

/* The same program as a module, which brings the small OpenSSL with it. */
static struct outcome run_late(const char *libc, const char *shim, const struct ledger *ledger,
                               const char *way)
{
    char *late = text_format("%s/late", libc);
    char *module = text_format("%s/draws.so", libc);
    const char *env[] = {ledger->env, NULL};
    struct outcome outcome =
        run_words(shim, NULL, env, load_file(late), load_file(module), way, NULL);

    free(late);
    free(module);
    return outcome;
}

typedef void check_function(const char *libc, struct ledger *ledger);

static void with_each_libc(check_function *check)
{
    for (const char *const *libc = libcs; *libc; libc++) {
        char *program = text_format("%s/draws", *libc);
        struct ledger *ledger = ledger_new();

        if (load_built(program))
            check(*libc, ledger);
        ledger_free(ledger);
        free(program);
    }
}

Test(small, openssl_is_there_for_both_c_libraries)
{
    if (!load_built("musl/draws"))
        cr_skip_test("musl-gcc (musl-tools) is missing: nothing here is tried under musl");
}

static void expect_bad(const char *libc, struct ledger *ledger)
{
    struct outcome linked = run_linked(libc, NULL, ledger, "once");
    struct outcome late = run_late(libc, NULL, ledger, "once");

    expect_exit(&linked, 0, libc);
    cr_expect(strstr(linked.out, "key=" BAD_BYTES "\nbytes=" BAD_BYTES "\n"),
              "the small OpenSSL is not as bad as these tests need it: %s", linked.out);
    cr_expect_str_eq(late.out, linked.out, "loaded late, the small OpenSSL is another: %s",
                     late.out);
    outcome_free(&linked);
    outcome_free(&late);
}

Test(small, openssl_is_bad_by_itself)
{
    with_each_libc(expect_bad);
}

static void expect_drawn(struct outcome ours, const char *libc, const struct ledger *ledger)
{
    expect_exit(&ours, 0, libc);
    expect_from_us(&ours, ledger, libc, "key", "bytes", NULL);
    outcome_free(&ours);
}

static void expect_linked(const char *libc, struct ledger *ledger)
{
    expect_drawn(run_linked(libc, the_ledger_shim(), ledger, "once"), libc, ledger);
}

Test(small, openssl_linked_at_start_draws_from_the_system)
{
    with_each_libc(expect_linked);
}

static void expect_late(const char *libc, struct ledger *ledger)
{
    expect_drawn(run_late(libc, the_ledger_shim(), ledger, "once"), libc, ledger);
}

Test(small, openssl_loaded_late_draws_from_the_system_from_its_first_key_on)
{
    with_each_libc(expect_late);
}

static void expect_all_different(struct outcome ours, const char *libc, const struct ledger *ledger)
{
    cr_expect(strstr(ours.out, "repeated=0\n"), "%s: threads drew the same bytes: %s", libc,
              ours.out);
    expect_drawn(ours, libc, ledger);
}

static void expect_threads(const char *libc, struct ledger *ledger)
{
    expect_all_different(run_linked(libc, the_ledger_shim(), ledger, "threads"), libc, ledger);
    expect_all_different(run_late(libc, the_ledger_shim(), ledger, "threads"), libc, ledger);
}

Test(small, openssl_in_threads_never_draws_the_same_bytes_twice)
{
    with_each_libc(expect_threads);
}

static void expect_two_keys(struct outcome ours, const char *libc, const struct ledger *ledger)
{
    char *parent = outcome_value(&ours, "parent");
    char *child = outcome_value(&ours, "child");

    expect_exit(&ours, 0, libc);
    expect_from_us(&ours, ledger, libc, "before", "parent", "child", NULL);
    cr_expect(parent && child && strcmp(parent, child) != 0,
              "%s: parent and child drew the same key", libc);
    free(parent);
    free(child);
    outcome_free(&ours);
}

static void expect_fork(const char *libc, struct ledger *ledger)
{
    expect_two_keys(run_linked(libc, the_ledger_shim(), ledger, "fork"), libc, ledger);
    expect_two_keys(run_late(libc, the_ledger_shim(), ledger, "fork"), libc, ledger);
}

Test(small, openssl_across_a_fork_draws_a_key_for_each)
{
    with_each_libc(expect_fork);
}

/* musl has a name for the program as well, by which it might be taken for a library. */
static void expect_numbers_left(const char *libc, struct ledger *ledger)
{
    char *program = text_format("%s/carrier", libc);
    const char *env[] = {ledger->env, "OSRANDOM_MODE=reseed", NULL};
    struct outcome ours = run_words(the_ledger_shim(), NULL, env, load_file(program), "once", NULL);

    cr_expect(ours.exit_code == 0 && strstr(ours.err, "cannot be made to notice forks"),
              "%s: the program itself may be told another number than its own: exit %d, %s", libc,
              ours.exit_code, ours.err);
    outcome_free(&ours);
    free(program);
}

Test(small, openssl_inside_the_program_leaves_its_process_numbers_alone)
{
    with_each_libc(expect_numbers_left);
}

static void expect_plain_shim(const char *libc, struct ledger *ledger)
{
    struct outcome ours = run_linked(libc, the_shim(), ledger, "fork");

    expect_exit(&ours, 0, libc);
    cr_expect(!strstr(ours.out, BAD_BYTES), "%s: not drawn from the system: %s", libc, ours.out);
    outcome_free(&ours);
}

Test(small, openssl_takes_the_shim_that_is_shipped)
{
    with_each_libc(expect_plain_shim);
}
