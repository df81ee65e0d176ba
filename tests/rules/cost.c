/*
 * What reading the file does to a process: which system calls, and what is left behind.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "etc.h"

TestSuite(cost, .timeout = 300);

/* The calls from the shim's first one on to the one behind the last that is the file's. */
static struct outcome traced(const char *script)
{
    char *text =
        text_format("trace() { strace -f -o trace -E LD_PRELOAD=$PLAIN \"$@\" >/dev/null; }\n"
                    "%s\nsed 's/^[0-9]* *//' trace",
                    script);
    struct outcome can = in_etc("command -v strace && strace -o /dev/null true", NULL);
    struct outcome outcome;

    if (can.exit_code != 0)
        cr_skip_test("strace cannot be used here: %s", can.err);
    outcome_free(&can);
    outcome = in_etc(text, NULL);
    free(text);
    cr_assert(outcome.exit_code == 0 && strstr(outcome.out, "exit_group("), "%s%s", outcome.out,
              outcome.err);
    return outcome;
}

/* The names of the calls from the one that opens the file to the getrandom() that follows; a PC of
 * 32 bits has another fstat(). */
static void expect_calls(const char *script, const char *wanted)
{
    struct outcome outcome = traced(script);
    const char *at = strstr(outcome.out, "openat(AT_FDCWD, \"/etc/osrandom.conf\"");
    char *calls = text_format("%s", "");

    cr_assert(at, "the file is not asked for: %s", outcome.out);
    cr_expect(times_in(outcome.out, "osrandom.conf\"") == 1, "it is asked for again: %s", at);
    while (at && strncmp(at, "getrandom(", 10) != 0) {
        char *longer = text_format("%s%.*s ", calls, (int)strcspn(at, "(6"), at);

        free(calls);
        calls = longer;
        at = strchr(at, '\n');
        at = at && at[1] ? at + 1 : NULL;
    }
    cr_expect_str_eq(calls, wanted, "\"%s\" makes the calls %s", script, calls);
    free(calls);
    outcome_free(&outcome);
}

Test(cost, is_one_system_call_without_the_file)
{
    expect_calls("trace $USES draws", "openat ");
}

Test(cost, is_nothing_in_a_process_without_openssl)
{
    struct outcome outcome = traced("echo mode=builtin >$CONF; trace cat /dev/null");

    cr_expect(!strstr(outcome.out, "osrandom.conf"), "%s", outcome.out);
    outcome_free(&outcome);
}

Test(cost, is_five_system_calls_with_it)
{
    expect_calls("echo source=getrandom >$CONF; trace $USES draws",
                 "openat fstat read read close ");
}

Test(cost, is_one_more_where_lines_name_programs)
{
    expect_calls("yes '/mnt/other mode=builtin' | head -n 10 >$CONF; trace $USES draws",
                 "openat fstat read readlinkat read close ");
}

/* A child has what its parent has read. */
Test(cost, is_not_paid_again_by_children)
{
    expect_calls("trace $USES forks", "openat ");
}

/* Those that systemd's @system-service lets through, whose list systemd itself tells. */
Test(cost, is_no_system_call_that_services_are_refused)
{
    struct outcome outcome = in_etc(
        "command -v systemd-analyze >/dev/null || exit 0\n"
        "known() { systemd-analyze syscall-filter \"$1\" | sed -n 's/^ *//p'; }\n"
        "all=$(known @system-service; for set in $(known @system-service | grep ^@); do\n"
        "    known $set; for deeper in $(known $set | grep ^@); do known $deeper; done; done)\n"
        "for call in openat fstat read readlinkat close; do\n"
        "    echo \"$all\" | grep -qx $call && echo $call\n"
        "done",
        NULL);

    if (outcome.exit_code == 0 && outcome.out_length == 0)
        cr_skip_test("there is no systemd-analyze here");
    cr_expect_str_eq(outcome.out, "openat\nfstat\nread\nreadlinkat\nclose\n", "%s%s", outcome.out,
                     outcome.err);
    outcome_free(&outcome);
}

/* The program opens its own file there. */
Test(cost, is_no_descriptor_that_was_closed_at_the_start)
{
    static const char *const files[] = {":", "echo mode=activate >$CONF",
                                        "echo /mnt/uses source=getrandom >$CONF",
                                        "echo oops >$CONF", "mkfifo $CONF"};

    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        char *script =
            text_format("%s; LD_PRELOAD=$SHIM $USES opens told <&- >&- 2>&-; cat told", files[i]);
        struct outcome outcome = in_etc(script, NULL);

        cr_expect_str_eq(outcome.out, "answer=1\nfirst=0\n", "\"%s\": %s%s", files[i], outcome.out,
                         outcome.err);
        outcome_free(&outcome);
        free(script);
    }
}

/* A program may look at it that has called nothing yet that fails. */
Test(cost, is_no_errno)
{
    static const char *const files[] = {":", "echo /mnt/other log=warn >$CONF", "echo oops >$CONF"};
    struct outcome stock = in_etc("$USES draws", NULL);
    char *wanted = outcome_value(&stock, "errno");

    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        char *script = text_format("%s; uses draws", files[i]);
        struct outcome outcome = in_etc(script, NULL);
        char *seen = outcome_value(&outcome, "errno");

        cr_expect(wanted && seen && strcmp(wanted, seen) == 0, "after \"%s\" errno is %s, not %s",
                  files[i], seen, wanted);
        free(seen);
        outcome_free(&outcome);
        free(script);
    }
    free(wanted);
    outcome_free(&stock);
}
