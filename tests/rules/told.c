/*
 * What the command tells of rules: before by explain and run --require, while it runs by status.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "etc.h"

TestSuite(told, .timeout = 300);

/* Each of the texts, which end with NULL, is in its output. */
static void expect_told(const char *script, int exit_code, const char *const *texts)
{
    struct outcome outcome = in_etc(script, NULL);

    cr_expect(outcome.exit_code == exit_code, "\"%s\" ends with %d: %s%s", script,
              outcome.exit_code, outcome.out, outcome.err);
    for (; *texts; texts++)
        cr_expect(strstr(outcome.out, *texts) || strstr(outcome.err, *texts),
                  "\"%s\" does not tell \"%s\": %s%s", script, *texts, outcome.out, outcome.err);
    outcome_free(&outcome);
}

/* ---- Before ---- */

Test(told, is_the_line_that_keeps_a_program_from_being_covered)
{
    expect_told("printf '#\\n/mnt/uses mode=register\\n' >$CONF; $OSRANDOM explain $USES", 1,
                WORDS("/mnt/uses: not covered\n",
                      "  because: /etc/osrandom.conf line 2 says mode=register\n",
                      "  what helps: another mode in that line\n"));
    expect_told("echo mode=builtin final >$CONF; $OSRANDOM explain --json $USES", 1,
                WORDS("\"verdict\": \"uncovered\"", "/etc/osrandom.conf line 1 says mode=builtin"));
    expect_told("echo mode=reseed >$CONF; ln -s uses link; $OSRANDOM explain ./link", 1,
                WORDS("guarded\n", "/etc/osrandom.conf line 1 says mode=reseed\n"));
}

Test(told, is_nothing_of_lines_that_change_nothing)
{
    expect_told("printf 'mode=builtin\\n/mnt/uses mode=activate log=info\\n' >$CONF\n"
                "$OSRANDOM explain $USES",
                0, WORDS("/mnt/uses: covered\n"));
    expect_told("echo /mnt/other mode=builtin >$CONF; $OSRANDOM explain $USES", 0,
                WORDS("/mnt/uses: covered\n"));
    expect_told("echo mode=builtin >$CONF; $OSRANDOM explain cat", 0, WORDS("cat: no OpenSSL\n"));
}

/* python3 loads OpenSSL late. */
Test(told, is_a_rule_of_programs_that_load_openssl_late)
{
    struct outcome has = in_etc("command -v python3", NULL);

    if (has.exit_code != 0)
        cr_skip_test("there is no python3 here");
    outcome_free(&has);
    expect_told("echo mode=builtin >$CONF; $OSRANDOM explain python3", 1,
                WORDS(": not covered\n", "/etc/osrandom.conf line 1 says mode=builtin\n"));
}

Test(told, is_a_file_that_is_not_used)
{
    expect_told("printf 'mode=builtin\\noops\\n' >$CONF; $OSRANDOM explain $USES", 0,
                WORDS("/mnt/uses: covered\n",
                      "  /etc/osrandom.conf is not used: line 2 is not understood\n"));
    expect_told("echo mode=builtin >$CONF; chown 1 $CONF; $OSRANDOM explain $USES", 0,
                WORDS("/etc/osrandom.conf is not used: it is not root's\n"));
    expect_told("echo mode=builtin >$CONF; chmod 622 $CONF; $OSRANDOM explain $USES", 0,
                WORDS("/etc/osrandom.conf is not used: others may write to it\n"));
    expect_told("mkfifo $CONF; $OSRANDOM explain $USES", 0,
                WORDS("/etc/osrandom.conf is not used: it is no file\n"));
    expect_told("truncate -s 1T $CONF; $OSRANDOM explain $USES", 0,
                WORDS("/etc/osrandom.conf is not used: it is too large\n"));
}

Test(told, is_a_file_that_is_not_used_before_the_machine_is_switched_on)
{
    expect_told("echo oops >$CONF; $OSRANDOM system check || :", 0,
                WORDS("note: /etc/osrandom.conf is not used: line 1 is not understood"));
}

Test(told, is_why_a_program_that_needs_it_is_not_started)
{
    expect_told("echo /mnt/uses mode=builtin >$CONF; $OSRANDOM run --require $USES draws", 125,
                WORDS("is not started, for the shim cannot cover it: "
                      "/etc/osrandom.conf line 1 says mode=builtin"));
    expect_told("echo /mnt/uses mode=builtin >$CONF\n"
                "$OSRANDOM run --require --mode activate $USES draws",
                0, WORDS("answer=1\n"));
    expect_told("echo mode=builtin final >$CONF\n"
                "$OSRANDOM run --require --mode activate $USES draws",
                125, WORDS("/etc/osrandom.conf line 1 says mode=builtin"));
}

/* ---- While it runs ---- */

/* The command's answers about a $USES that has drawn, and waits. */
static void expect_status(const char *rules, const char *options, int exit_code,
                          const char *const *texts)
{
    char *script = text_format("%s\nmkfifo in; LD_PRELOAD=$PLAIN $USES waits <in >out 2>err &\n"
                               "held=$!; exec 3>in\n"
                               "while ! grep -q answer out; do sleep 0.05; done\n"
                               "status=0; $OSRANDOM status %s $held || status=$?\n"
                               "exec 3>&-; wait $held; exit $status",
                               rules, options);

    expect_told(script, exit_code, texts);
    free(script);
}

Test(told, is_the_line_that_a_process_goes_by)
{
    const char *rules = "printf '\\n\\n/mnt/uses mode=builtin\\nlog=info\\n' >$CONF";

    expect_status(
        rules, "--json", 1,
        WORDS("\"mode\":\"builtin\",\"rule\":\"/etc/osrandom.conf:3\",",
              "\"why\":\"mode builtin (/etc/osrandom.conf line 3): OpenSSL is left alone\""));
    expect_status(rules, "--columns pid,rule,mode", 1,
                  WORDS("PID RULE                 MODE", " /etc/osrandom.conf:3 builtin"));
    expect_status(rules, "--why", 1,
                  WORDS("  its rule: /etc/osrandom.conf line 3; the file decides on: mode log\n"));
}

Test(told, is_the_first_setting_of_several_that_leave_the_mode)
{
    expect_status(
        "printf 'log=quiet\\nsource=getrandom\\n' >$CONF", "--json", 0,
        WORDS("\"mode\":\"activate\",\"rule\":\"/etc/osrandom.conf:2\",", "\"state\":\"covered\""));
}

/* The environment's mode is not the file's. */
Test(told, is_no_line_that_the_environment_has_overruled)
{
    expect_status("echo mode=activate log=info >$CONF; export OSRANDOM_MODE=builtin", "--json", 1,
                  WORDS("\"rule\":\"/etc/osrandom.conf:1\"",
                        "\"why\":\"mode builtin: OpenSSL is left alone\""));
    expect_status("echo mode=activate >$CONF; export OSRANDOM_MODE=builtin", "--json", 1,
                  WORDS("\"rule\":null"));
}

Test(told, is_none_without_the_file)
{
    expect_status(":", "--json", 0, WORDS("\"rule\":null"));
    expect_status(":", "--columns rule", 0, WORDS("RULE\n-\n"));
    expect_status("echo oops >$CONF", "--json", 0, WORDS("\"rule\":null"));
}
