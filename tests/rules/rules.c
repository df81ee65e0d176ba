/*
 * /etc/osrandom.conf: each setting, which line holds, and what the environment has to say.
 */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "etc.h"

TestSuite(rules, .timeout = 300);

/* ---- Each setting ---- */

Test(rules, are_not_needed)
{
    expect_uses("uses draws", true, "");
}

Test(rules, switch_the_whole_machine_off)
{
    expect_uses("echo mode=builtin >$CONF; uses draws", false, "");
}

Test(rules, leave_openssl_its_generator_until_the_engine_is_chosen)
{
    expect_uses("echo mode=register >$CONF; uses draws", false, "");
}

Test(rules, have_openssl_keep_its_generator_and_notice_forks)
{
    expect_uses("echo mode=reseed log=info >$CONF; uses draws", false,
                "keeps its own generator, made to notice forks");
}

Test(rules, may_say_what_is_the_default)
{
    expect_uses(
        "echo mode=activate source=auto on_replace=ignore on_failure=error log=warn >$CONF\n"
        "uses draws",
        true, "");
}

Test(rules, choose_the_source)
{
    expect_uses("echo source=getrandom log=info >$CONF; uses draws", true, "(source getrandom)");
    expect_uses("echo source=urandom log=info >$CONF; uses draws", true, "(source urandom)");
}

Test(rules, decide_what_becomes_of_another_generator)
{
    struct outcome fails = in_etc("echo on_replace=fail log=quiet >$CONF; uses swaps", NULL);
    struct outcome ignored = in_etc("uses swaps", NULL);

    cr_expect(strstr(fails.out, "swapped=0\n"), "%s%s", fails.out, fails.err);
    cr_expect(strstr(ignored.out, "swapped=1\n"), "so that the other shows nothing: %s",
              ignored.out);
    cr_expect(!strstr(fails.out, "5a5a5a5a") && !strstr(ignored.out, "5a5a5a5a"));
    outcome_free(&fails);
    outcome_free(&ignored);
    expect_uses("echo on_replace=allow >$CONF; uses swaps", false, "");
}

/* A device that is none of urandom's serves no byte. */
Test(rules, decide_what_becomes_of_a_draw_that_fails)
{
    static const char no_urandom[] = "mount --bind /dev/null /dev/urandom\n";
    char *error = text_format("%secho source=urandom >$CONF; uses draws", no_urandom);
    char *end = text_format("%secho source=urandom on_failure=abort >$CONF\n"
                            "uses draws || kill -l $?",
                            no_urandom);
    struct outcome errs = in_etc(error, NULL), aborts = in_etc(end, NULL);

    cr_expect(strstr(errs.out, "answer=0\n"), "%s%s", errs.out, errs.err);
    cr_expect(strstr(aborts.out, "ABRT\n") && !strstr(aborts.out, "answer="), "%s%s", aborts.out,
              aborts.err);
    outcome_free(&errs);
    outcome_free(&aborts);
    free(error);
    free(end);
}

Test(rules, silence_what_would_be_said)
{
    expect_uses("echo log=quiet >$CONF; OSRANDOM_MODE=nonsense uses draws", true, "");
}

/* ---- For whom ---- */

Test(rules, are_for_the_program_that_a_line_names)
{
    expect_uses("echo /mnt/uses mode=builtin >$CONF; uses draws", false, "");
    expect_uses("echo /mnt/other mode=builtin >$CONF; uses draws", true, "");
    expect_uses("echo /mnt/use mode=builtin >$CONF; uses draws", true, "");
    expect_uses("echo /mnt/uses2 mode=builtin >$CONF; uses draws", true, "");
    expect_uses("echo /mnt/uses mode=builtin >$CONF; cp uses other; USES=/mnt/other; uses draws",
                true, "");
}

/* As the kernel shows it: by whatever name it was started. */
Test(rules, know_a_program_by_the_path_of_its_file)
{
    expect_uses("echo /mnt/uses mode=builtin >$CONF; ln -s uses link; USES=./link; uses draws",
                false, "");
    expect_uses("echo /mnt/link mode=builtin >$CONF; ln -s uses link; USES=./link; uses draws",
                true, "");
}

/* As after an upgrade, when a program that runs loads OpenSSL late. */
Test(rules, know_a_program_whose_file_was_replaced)
{
    expect_uses(
        "echo /mnt/uses mode=builtin >$CONF\n"
        "printf '#!/bin/sh\\nrm /mnt/uses; LD_PRELOAD=$SHIM exec /proc/self/fd/9 draws' >go\n"
        "chmod 755 go; ./go 9</mnt/uses",
        false, "");
}

Test(rules, name_no_program_where_there_is_no_proc)
{
    expect_uses("printf 'log=info\\n/mnt/uses mode=builtin\\n' >$CONF\n"
                "mount -t tmpfs none /proc; uses draws",
                true, "draws from the operating system");
}

Test(rules, hold_by_the_last_line_that_fits)
{
    expect_uses("printf 'mode=builtin\\n/mnt/uses mode=activate\\n' >$CONF; uses draws", true, "");
    expect_uses("printf '/mnt/uses mode=activate\\nmode=builtin\\n' >$CONF; uses draws", false, "");
    expect_uses("printf 'mode=builtin\\nmode=activate\\n' >$CONF; uses draws", true, "");
    expect_uses("printf 'mode=builtin\\n/mnt/other mode=activate\\n' >$CONF; uses draws", false,
                "");
}

Test(rules, hold_each_setting_by_itself)
{
    expect_uses("printf 'source=getrandom\\nlog=info\\n/mnt/uses mode=activate\\n' >$CONF\n"
                "uses draws",
                true, "(source getrandom)");
}

/* ---- The environment ---- */

Test(rules, come_behind_the_environment)
{
    expect_uses("echo mode=builtin >$CONF; OSRANDOM_MODE=activate uses draws", true, "");
    expect_uses("echo mode=activate >$CONF; OSRANDOM_MODE=builtin uses draws", false, "");
    expect_uses("echo source=urandom log=info >$CONF; OSRANDOM_SOURCE=getrandom uses draws", true,
                "(source getrandom)");
    expect_uses("echo on_replace=allow >$CONF; OSRANDOM_ON_SWAP=keep uses swaps", true,
                "kept out a RAND_set_rand_method()");
}

Test(rules, that_are_final_come_before_it)
{
    expect_uses("echo mode=builtin final >$CONF; OSRANDOM_MODE=activate uses draws", false, "");
    expect_uses("echo /mnt/uses mode=builtin final >$CONF; OSRANDOM_MODE=activate uses draws",
                false, "");
}

Test(rules, are_final_by_the_line_that_holds)
{
    expect_uses("printf 'mode=builtin final\\n/mnt/uses mode=register\\n' >$CONF\n"
                "OSRANDOM_MODE=activate uses draws",
                true, "");
    expect_uses("printf 'mode=builtin final\\nlog=info\\n' >$CONF\n"
                "OSRANDOM_MODE=activate uses draws",
                false, "");
}

/* What it says of a value that it does not know is true: the first one is used. */
Test(rules, come_behind_a_mistaken_environment)
{
    expect_uses("echo mode=builtin >$CONF; OSRANDOM_MODE=biultin uses draws", true,
                "OSRANDOM_MODE=biultin is not known");
    expect_uses("echo mode=builtin final >$CONF; OSRANDOM_MODE=biultin uses draws", false, "");
}

static const char secure[] = "echo $SHIM >/etc/ld.so.preload; chmod 4755 uses\n"
                             "OSRANDOM_MODE=activate OSRANDOM_LOG=info setpriv --reuid=65534 "
                             "--regid=65534 --clear-groups $USES draws";

/* There the environment is not asked, and the file is. */
Test(rules, hold_in_set_user_id_programs)
{
    char *with = text_format("echo mode=builtin >$CONF; %s", secure);
    struct outcome refused = in_etc("unset OSRANDOM_LEDGER; chmod 4755 uses\n"
                                    "setpriv --reuid=65534 --no-new-privs $USES draws\n"
                                    "LD_PRELOAD=$SHIM OSRANDOM_LOG=info setpriv --reuid=65534 "
                                    "--clear-groups $USES draws",
                                    NULL);

    if (refused.err_length)
        cr_skip_test("set-user-ID programs get no rights here: %s", refused.err);
    outcome_free(&refused);
    expect_uses(secure, true, "");
    expect_uses(with, false, "");
    free(with);
}
