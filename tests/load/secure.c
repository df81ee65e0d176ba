/*
 * Programs that run with more rights than their user: the loader ignores LD_PRELOAD, but not
 * /etc/ld.so.preload; the shim then ignores what the user says in OSRANDOM_*. All in a root
 * directory of its own, which the mount namespace takes with it.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "load.h"

static const char script[] = "tests/load/programs/secure_root";

/* Settings that would show: the small OpenSSL's own bytes, and a line. */
static struct outcome run_at_root(const char *how, const char *mode)
{
    static const char *const env[] = {"OSRANDOM_MODE=builtin", "OSRANDOM_LOG=info", NULL};

    return run_words(NULL, NULL, env, "unshare", "--mount", script, how, the_shim(),
                     load_file("glibc/at_root"), load_file("glibc/libsmall_openssl.so"), mode,
                     "/program", "once", NULL);
}

static bool can_mount(void)
{
    struct outcome outcome = run_words(NULL, NULL, NULL, "unshare", "--mount", "mount", "-t",
                                       "tmpfs", "none", "/mnt", NULL);
    bool can = outcome.exit_code == 0;

    outcome_free(&outcome);
    return can;
}

static struct outcome run_secure(const char *how)
{
    struct outcome outcome;

    if (geteuid() != 0 || !can_mount())
        cr_skip_test("only root may mount a file system in a namespace of its own");
    outcome = run_at_root(how, "4755");
    cr_assert(outcome.exit_code == 0, "%s", outcome.err);
    if (!strstr(outcome.out, "secure=1\n"))
        cr_skip_test("set-user-ID programs get no rights here (no_new_privs)");
    return outcome;
}

Test(secure, a_set_user_id_program_takes_no_settings_from_its_user)
{
    struct outcome ours = run_secure("file");

    expect_exit(&ours, 0, "a set-user-ID program");
    cr_expect(!strstr(ours.out, BAD_BYTES),
              "a user switched the shim off in a program with root's rights: %s", ours.out);
    outcome_free(&ours);
}

Test(secure, the_same_program_without_the_bit_takes_them)
{
    struct outcome secure = run_secure("file");
    struct outcome plain = run_at_root("file", "755");

    cr_expect(plain.exit_code == 0 && strstr(plain.out, "key=" BAD_BYTES "\nbytes=" BAD_BYTES),
              "/etc/ld.so.preload and OSRANDOM_MODE=builtin had no effect, so that the other test "
              "proves nothing: %s%s",
              plain.out, plain.err);
    outcome_free(&secure);
    outcome_free(&plain);
}

Test(secure, ld_preload_reaches_no_set_user_id_program)
{
    struct outcome stock = run_secure("variable");

    cr_expect(strstr(stock.out, "key=" BAD_BYTES),
              "the loader preloaded into a program with root's rights: %s", stock.out);
    outcome_free(&stock);
}
