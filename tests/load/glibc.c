/*
 * One unchanged file on the oldest and the newest glibc that is at hand and on the host's own.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "load.h"

static struct outcome draw(const struct tree *tree, const char *shim, const struct ledger *ledger)
{
    const char *env[] = {ledger->env, NULL};
    const char *openssl = tree ? tree->openssl : "openssl";

    return run_words(shim, tree, env, openssl, "rand", "-hex", "16", NULL);
}

/* What must be seen on the shim must be missing on stock, or the proof proves nothing. */
static void expect_draws(const struct tree *tree, const char *what)
{
    struct ledger *ledger = ledger_new();
    struct outcome stock = draw(tree, NULL, ledger);
    struct outcome plain = draw(tree, the_shim(), ledger);
    struct outcome ours;

    expect_exit(&stock, 0, what);
    expect_exit(&plain, 0, what);
    cr_expect(ledger_bytes(ledger) == 0, "%s: stock OpenSSL is in the ledger", what);

    ours = draw(tree, the_ledger_shim(), ledger);
    expect_exit(&ours, 0, what);
    cr_expect(ledger_holds_hex(ledger, ours.out),
              "%s: openssl rand printed %s, which was not drawn from the operating system", what,
              ours.out);
    cr_expect(!ledger_holds_hex(ledger, stock.out), "%s: stock and shim drew the same", what);
    outcome_free(&stock);
    outcome_free(&plain);
    outcome_free(&ours);
    ledger_free(ledger);
}

static void expect_draws_in(const char *name, const char *glibc)
{
    const struct tree *tree = tree_named(name);

    if (!tree)
        cr_skip_test("tests/support/trees get %s has not been run", name);
    cr_assert(strncmp(tree->glibc, glibc, strlen(glibc)) == 0, "tree %s has glibc %s, not %s", name,
              tree->glibc, glibc);
    expect_draws(tree, name);
}

Test(glibc, of_2020_takes_it)
{
    expect_draws_in("glibc-2.31", "2.31");
}

Test(glibc, of_2026_takes_it)
{
    expect_draws_in("openssl-3.6", "2.4");
}

Test(glibc, of_the_host_takes_it)
{
    struct outcome found = run_words(NULL, NULL, NULL, "openssl", "version", NULL);
    bool there = found.exit_code == 0;

    outcome_free(&found);
    if (!there)
        cr_skip_test("the host has no openssl command");
    expect_draws(NULL, "the host");
}
