/*
 * osrandom status --prometheus: the figures of a machine. That Prometheus itself takes them is
 * shown in tests/apps/fleet.c.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "words.h"

TestSuite(prometheus, .fini = clean_up);

static void expect_line(const struct outcome *outcome, const char *line)
{
    cr_expect(strstr(outcome->out, text_format("\n%s\n", line)), "no line '%s' in %s", line,
              outcome->out);
}

/* In a PID namespace: what else runs here has names too, and there is room for a hundred. */
Test(prometheus, tells_of_each_program_and_of_all)
{
    const char *held = realpath(text_format("%s/tests/command/held", BUILD_DIR), NULL);
    struct outcome outcome;

    if (geteuid() != 0)
        cr_skip_test("only root can make a PID namespace");
    outcome =
        shell("exec unshare --mount --pid --fork --kill-child sh -euc '\n"
              "mount -t proc proc /proc; cd \"$1\"; mkfifo hold; exec 9<>hold\n"
              "LD_PRELOAD=$SHIM \"$2\" draw <hold >covered 9<&- & \"$2\" draw <hold >stock 9<&- &\n"
              "until [ -s covered ] && [ -s stock ]; do sleep 0.1; done\n"
              "echo; \"$OSRANDOM\" status --prometheus; kill -9 -1' sh \"$1\" \"$2\"",
              directory(), held, NULL);
    if (strstr(outcome.err, "unshare:"))
        cr_skip_test("no PID namespace can be made here");
    expect_line(&outcome, "osrandom_program_processes{program=\"held\",state=\"covered\"} 1");
    expect_line(&outcome, "osrandom_program_processes{program=\"held\",state=\"uncovered\"} 1");
    expect_line(&outcome, "osrandom_program_draws{program=\"held\"} 1");
    expect_line(&outcome, "osrandom_program_failed_draws{program=\"held\"} 0");
    cr_expect(strstr(outcome.out, "\nosrandom_processes{state=\"swapped\"} "));
    cr_expect(strstr(outcome.out, "\nosrandom_last_look_timestamp_seconds 1"));
    outcome_free(&outcome);
}

Test(prometheus, names_the_build_that_is_installed)
{
    struct outcome outcome =
        shell("id=$(readelf -n \"$SHIM\" | sed -n 's/.*Build ID: //p')\n"
              "\"$OSRANDOM\" status --prometheus | grep \"build_id=\\\"$id\\\"} 1$\"",
              NULL);

    expect(&outcome, 0, "osrandom_shim_info{version=\"", "", "an old build is not told from a new");
    outcome_free(&outcome);
}

/* The same. */
Test(prometheus, keeps_the_number_of_labels_within_bounds)
{
    const char *held = realpath(text_format("%s/tests/command/held", BUILD_DIR), NULL);
    struct outcome outcome;

    if (geteuid() != 0)
        cr_skip_test("only root can make a PID namespace");
    outcome = shell("exec unshare --mount --pid --fork --kill-child sh -euc '\n"
                    "mount -t proc proc /proc; cd \"$1\"; mkfifo hold; exec 9<>hold\n"
                    "for i in $(seq 1 104); do ln \"$2\" held$i 2>/dev/null || cp \"$2\" held$i\n"
                    "    ./held$i <hold >out$i 9<&- & done\n"
                    "cp \"$2\" \"$(printf \"a\\\"b\\\\nc\\n}x\")\"; ./a* <hold >out105 9<&- &\n"
                    "for i in $(seq 1 105); do until [ -s out$i ]; do sleep 0.1; done; done\n"
                    "\"$OSRANDOM\" status --prometheus >figures\n"
                    "grep -c \"^osrandom_program_draws\" figures\n"
                    "grep \"others\" figures; grep a_b figures || :; kill -9 -1' sh \"$1\" \"$2\"",
                    directory(), held, NULL);
    if (strstr(outcome.err, "unshare:"))
        cr_skip_test("no PID namespace can be made here");
    expect(&outcome, 0, "101\n", NULL, "whoever names programs fills the monitoring's memory");
    cr_expect(strstr(outcome.out, "{program=\"(others)\",state=\"uncovered\"} 5\n"),
              "some are lost: %s", outcome.out);
    outcome_free(&outcome);
}

Test(prometheus, replaces_the_file_when_all_is_written)
{
    struct outcome outcome =
        shell("cd \"$1\"; echo old >text.prom; exec 8<text.prom; umask 077\n"
              "\"$OSRANDOM\" status --prometheus --output text.prom; [ \"$(ls)\" = text.prom ]\n"
              "[ \"$(cat <&8)\" = old ]; [ \"$(stat -c %a text.prom)\" = 644 ]\n"
              "tail -n 1 text.prom | grep -c osrandom_last_look\n"
              "status=0; \"$OSRANDOM\" status --prometheus --output none/x || status=$?\n"
              "[ $status = 125 ]; [ \"$(ls)\" = text.prom ]",
              directory(), NULL);

    expect(&outcome, 0, "1\n", "none/x cannot be written", "the collector reads half a file");
    outcome_free(&outcome);
}

Test(prometheus, is_of_all_processes_and_once)
{
    struct outcome outcome =
        shell("for words in '--prometheus --json' '--prometheus 1' '--output x' '--prometheus "
              "--watch'; do\n"
              "    status=0; \"$OSRANDOM\" status $words || status=$?; [ $status = 125 ]; done",
              NULL);

    expect(&outcome, 0, "", "--output is for --prometheus", "half of what was asked is done");
    outcome_free(&outcome);
}
