/*
 * Files that are not used: one line says so, and the defaults hold. Each begins with a line that
 * would show if it were.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "etc.h"

TestSuite(unusable, .timeout = 300);

static const char builtin[] = "echo mode=builtin >$CONF; ";

/* Once, though the process forks and draws again. */
static void expect_unused(const char *prepare, const char *why)
{
    char *script = text_format("%s%s; uses forks", builtin, prepare);
    char *line = text_format(": /etc/osrandom.conf is not used: %s\n", why);
    struct ledger *ledger = ledger_new();
    struct outcome outcome = in_etc(script, ledger);
    char *bytes = outcome_value(&outcome, "bytes"), *child = outcome_value(&outcome, "child");

    cr_expect(outcome.exit_code == 0, "\"%s\" ends with %d: %s", prepare, outcome.exit_code,
              outcome.err);
    cr_expect(bytes && ledger_holds_hex(ledger, bytes) && child && ledger_holds_hex(ledger, child),
              "after \"%s\" the defaults do not hold: %s%s", prepare, outcome.out, outcome.err);
    cr_expect(strstr(outcome.err, line) && times_in(outcome.err, "osrandom") == 2,
              "after \"%s\" there is not one line that says \"%s\": %s", prepare, why, outcome.err);
    free(bytes);
    free(child);
    outcome_free(&outcome);
    ledger_free(ledger);
    free(line);
    free(script);
}

static void expect_used(const char *prepare)
{
    char *script = text_format("%s%s; uses draws", builtin, prepare);

    expect_uses(script, false, "");
    free(script);
}

/* ---- Whose it is ---- */

Test(unusable, are_files_of_others)
{
    expect_unused("chown 1000 $CONF", "it is not root's");
    expect_unused("chown 65534 $CONF", "it is not root's");
    expect_used("chgrp 1000 $CONF");
}

Test(unusable, are_files_that_others_may_write)
{
    expect_unused("chmod 664 $CONF", "others may write to it");
    expect_unused("chmod 646 $CONF", "others may write to it");
    expect_unused("setfacl -m u:1000:rw $CONF 2>/dev/null || chmod 664 $CONF",
                  "others may write to it");
    expect_used("chmod 600 $CONF");
}

Test(unusable, are_files_that_cannot_be_read)
{
    struct outcome outcome =
        in_etc("echo mode=builtin >$CONF; chmod 600 $CONF\n"
               "LD_PRELOAD=$SHIM setpriv --reuid=65534 --regid=65534 --clear-groups $USES draws",
               NULL);

    cr_expect(strstr(outcome.err, "/etc/osrandom.conf is not used: it cannot be opened\n"), "%s",
              outcome.err);
    outcome_free(&outcome);
}

/* Root of a sandbox's user namespace, or nobody in it, is not root of the machine: whose the file
 * is cannot be seen there, but that it belongs to whom /etc belongs. */
Test(unusable, are_not_those_of_root_seen_in_a_user_namespace)
{
    char *nobody = text_format("%sunshare --user sh -c 'LD_PRELOAD=$SHIM $USES draws'", builtin);
    char *root = text_format(
        "%sunshare --user --map-root-user sh -c 'LD_PRELOAD=$SHIM $USES draws'", builtin);
    struct outcome can = in_etc("setpriv --reuid=65534 unshare --user id -u", NULL);

    if (can.exit_code != 0)
        cr_skip_test("users may make no user namespaces here: %s", can.err);
    outcome_free(&can);
    free(root);
    root =
        text_format("%schmod 755 /mnt\nsetpriv --reuid=1000 --regid=1000 --clear-groups unshare "
                    "--user --map-root-user sh -c 'stat -c %%u $CONF >&2; LD_PRELOAD=$SHIM $USES "
                    "draws'",
                    builtin);
    expect_uses(nobody, false, "");
    expect_uses(root, false, "65534\n");
    free(nobody);
    free(root);
}

/* ---- What it is ---- */

Test(unusable, are_no_files)
{
    expect_unused("rm $CONF; mkfifo $CONF", "it is no file");
    expect_unused("rm $CONF; mkdir $CONF", "it is no file");
    expect_unused("rm $CONF; ln -s /dev/null $CONF", "it is no file");
}

/* The kernel leads there, and what it finds is judged. */
Test(unusable, are_what_links_lead_to)
{
    expect_used("mv $CONF /mnt/rules; ln -s /mnt/rules $CONF");
    expect_unused("mv $CONF /mnt/rules; ln -s /mnt/rules $CONF; chown 1000 /mnt/rules",
                  "it is not root's");
    expect_unused("rm $CONF; ln -s osrandom.conf $CONF", "it cannot be opened");
    expect_uses("ln -s /nowhere $CONF; uses draws", true, "");
}

Test(unusable, are_huge)
{
    expect_unused("{ cat $CONF; yes '#' | head -c 16372; } >big; mv big $CONF", "it is too large");
    expect_unused("truncate -s 1T $CONF", "it is too large");
    expect_unused("truncate -s 400 $CONF", "line 2 is not understood"); /* it is zeros */
    expect_used("{ cat $CONF; yes '#' | head -c 16371; } >big; mv big $CONF");
}

/* ---- What it says ---- */

Test(unusable, have_a_line_that_is_not_understood)
{
    static const char *const lines[] = {
        "mode",
        "mode=",
        "mode=on",
        "mode=built",
        "mode=builtins",
        "MODE=builtin",
        "OSRANDOM_MODE=builtin",
        "mode = builtin",
        "mode=builtin;",
        "mode=builtin,log=info",
        "colour=blue",
        "builtin",
        "final",
        "final mode=builtin",
        "mode=builtin final log=info",
        "mode=builtin finally",
        "/usr/sbin/nginx",
        "/usr/sbin/nginx final",
        "/usr/sbin/nginx /usr/sbin/apache2 mode=builtin",
        "mode=builtin /usr/sbin/nginx",
        "nginx mode=builtin",
        "mode=builtin\\r",
        "\\357\\273\\277mode=builtin",
        "a\\000b",
        "#\\000",
        "\\001",
    };

    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        char *prepare = text_format("printf '\\n%s\\n# end\\n' >>$CONF", lines[i]);

        expect_unused(prepare, "line 3 is not understood");
        free(prepare);
    }
}

Test(unusable, have_a_line_that_is_too_long)
{
    static const char format[] =
        "{ printf /; head -c %d /dev/zero | tr '\\0' x; echo ' log=info'; } "
        ">>$CONF";
    char *longest = text_format(format, 511 - 10), *longer = text_format(format, 511 - 9);

    expect_used(longest);
    expect_unused(longer, "line 2 is not understood");
    free(longest);
    free(longer);
}

Test(unusable, are_not_those_that_are_laid_out_otherwise)
{
    expect_used(":>$CONF; printf '\\t mode=builtin \\t ' >$CONF");
    expect_used("printf '\\n  # comment\\n\\t\\n/mnt/uses\\tlog=warn # c\\n#' >>$CONF");
    expect_used("{ printf '#'; head -c 9000 /dev/zero | tr '\\0' x; echo; } >>$CONF");
    expect_used("echo mode=activate mode=builtin >$CONF");
    expect_uses(":>$CONF; uses draws", true, "");
}

/* ---- Whom it is told ---- */

Test(unusable, are_not_told_where_nothing_is_to_be_said)
{
    expect_uses("echo oops >$CONF; OSRANDOM_LOG=quiet uses draws", true, "");
}

Test(unusable, are_no_matter_without_openssl)
{
    struct outcome outcome =
        in_etc("echo oops >$CONF; LD_PRELOAD=$SHIM sh -c 'true; cat /dev/null'", NULL);

    cr_expect(outcome.exit_code == 0 && outcome.err_length == 0, "%s", outcome.err);
    outcome_free(&outcome);
}
