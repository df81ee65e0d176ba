/*
 * Programs that run with more rights than their user: the loader preloads nothing into them, but
 * openssl.cnf is read, and the provider serves. What the user says in OPENSSL_CONF and OSRANDOM_*
 * is ignored.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "provider.h"

static struct outcome run_at_root(const struct ledger *ledger, const char *mode)
{
    char *lines = example("osrandom-3.0.cnf", "/osrandom.so"), *text = NULL;
    struct configuration configuration;
    struct outcome outcome;

    cr_assert(asprintf(&text, "openssl_conf = openssl_init\n%s", lines) > 0);
    configuration = configuration_of(text);
    outcome = run_words(NULL, NULL, NULL, "unshare", "--mount", "tests/provider/secure_root",
                        the_ledger_module(), configuration.path, ledger->path, mode, "rand", "-hex",
                        "32", NULL);
    configuration_free(&configuration);
    free(lines);
    free(text);
    return outcome;
}

static void skip_unless_it_can_run(void)
{
    struct outcome mounts = run_words(NULL, NULL, NULL, "unshare", "--mount", "mount", "-t",
                                      "tmpfs", "none", "/mnt", NULL);
    struct outcome version = run_words(NULL, NULL, NULL, "openssl", "version", NULL);
    bool has_providers =
        strstr(version.out, "OpenSSL 3.") == version.out || strstr(version.out, "OpenSSL 4.");

    if (geteuid() != 0 || mounts.exit_code != 0)
        cr_skip_test("only root may mount a file system in a namespace of its own");
    if (!has_providers)
        cr_skip_test("this system's own OpenSSL has no providers: %s", version.out);
    outcome_free(&mounts);
    outcome_free(&version);
}

Test(secure, a_set_user_id_program_draws_from_the_system)
{
    struct ledger *ledger = ledger_new();
    struct outcome ours;

    skip_unless_it_can_run();
    ours = run_at_root(ledger, "4755");
    cr_expect(ours.exit_code == 0 && ledger_holds_hex(ledger, ours.out),
              "a set-user-ID program draws from OpenSSL's generator: %s%s", ours.out, ours.err);
    cr_expect_str_eq(ours.err, "", "its user's OSRANDOM_LOG was heeded: %s", ours.err);
    outcome_free(&ours);
    ledger_free(ledger);
}

/* So that the other test proves something: here OPENSSL_CONF=/dev/null holds. */
Test(secure, the_same_program_without_the_bit_does_as_its_user_says)
{
    struct ledger *ledger = ledger_new();
    struct outcome plain;

    skip_unless_it_can_run();
    plain = run_at_root(ledger, "755");
    cr_expect(plain.exit_code == 0 && plain.out_length > 64 && !ledger_holds_hex(ledger, plain.out),
              "OPENSSL_CONF=/dev/null had no effect: %s%s", plain.out, plain.err);
    outcome_free(&plain);
    ledger_free(ledger);
}
