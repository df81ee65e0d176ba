/*
 * A fork while another thread is in the midst of a pin, and inside OpenSSL: the child has the mark
 * of a thread that it does not have, and perhaps that thread's locks, for which nobody may wait.
 * Its own draws are served. Stock pins nothing, so there is nothing to compare with: its keys show
 * that the OpenSSL of this test is plainly bad by itself.
 */
#include <stdlib.h>
#include <string.h>

#include "harmless.h"

static void expect_keys(const struct outcome *outcome, const char *whose, const char *wanted)
{
    char *keys = outcome_value(outcome, whose);

    cr_expect(keys && strcmp(keys, wanted) == 0, "%s are %s, and should be %s: %s%s", whose, keys,
              wanted, outcome->out, outcome->err);
    free(keys);
}

static void expect_pinned_in_child(const char *how)
{
    const char *slow = built("harmless/slow_openssl.so"), *program = built("harmless/pinning");
    struct outcome stock = run_words(NULL, NULL, NULL, program, how, slow, NULL);
    struct outcome shim = run_words(the_shim(), NULL, NULL, program, how, slow, NULL);

    skip_if_it_cannot_run(&stock);
    expect_keys(&stock, "parent's keys", "OpenSSL's own");
    expect_keys(&shim, "child draws", "1");
    expect_keys(&shim, "parent's keys", "the system's");
    outcome_free(&stock);
    outcome_free(&shim);
}

Test(pinning, leaves_a_child_that_was_forked_in_the_midst_its_draws)
{
    expect_pinned_in_child("fork");
}

Test(pinning, leaves_a_child_its_draws_where_a_thread_of_that_number_is_another)
{
    expect_pinned_in_child("namespace");
}
