/*
 * osrandom reseed, on the kernel that is here: what is mixed in is credited with nothing, so that
 * the machine does not notice. What it does for clones is shown in tests/duplication/clones.c.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "words.h"

TestSuite(reseed, .fini = clean_up, .timeout = 300);

#define HEX "8f2a61c4d09be7351f6e80b2c5a9d34770e1b86f23cd4a9517fe60a8b94c2d13"

/* A machine on which this user may reseed, and then a shell script. */
static struct outcome reseeding(const char *script)
{
    struct outcome outcome = shell("exec \"$OSRANDOM\" reseed </dev/null", NULL);

    if (outcome.exit_code == 2)
        cr_skip_test("this machine's kernel is not to be reseeded from here: %s", outcome.err);
    outcome_free(&outcome);
    return shell(script, directory(), BUILD_DIR, HEX, NULL);
}

static void expect_reseeding(const char *script, int status, const char *out, const char *err,
                             const char *lost)
{
    struct outcome outcome = reseeding(script);

    expect(&outcome, status, out, err, lost);
    cr_expect(!strstr(outcome.out, HEX) && !strstr(outcome.err, HEX), "a seed is printed: %s%s",
              outcome.out, outcome.err);
    outcome_free(&outcome);
}

/* ---- What is handed in ---- */

Test(reseed, takes_bytes_from_everywhere)
{
    static const char *const scripts[] = {
        "printf %s \"$3\" | \"$OSRANDOM\" reseed",
        "printf %s \"$3\" >\"$1/seed\"; \"$OSRANDOM\" reseed --file \"$1/seed\"",
        "printf %s \"$3\" >\"$1/seed\"; \"$OSRANDOM\" reseed <\"$1/seed\"",
        ("mkfifo \"$1/fifo\"; { sleep 0.3; printf %s \"$3\"; } >\"$1/fifo\" & "
         "exec \"$OSRANDOM\" reseed --file \"$1/fifo\""),
        "\"$OSRANDOM\" reseed --hex \"$3$3\"",
    };

    for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++)
        expect_reseeding(scripts[i], 0, "; 64 bytes given, 0 bits credited", "",
                         "the host's bytes do not get in");
}

Test(reseed, credits_what_is_vouched_for_and_no_more)
{
    expect_reseeding("exec \"$OSRANDOM\" reseed --hex \"$3\" --credit 1", 0,
                     "; 32 bytes given, 1 bits credited", "", "--credit is not heard");
    expect_reseeding("exec \"$OSRANDOM\" reseed --hex \"$3\" --credit 257", 2, "",
                     "--credit=257 is more than 32 bytes can be worth", "anything can be credited");
    expect_reseeding("exec \"$OSRANDOM\" reseed --credit 1 </dev/null", 2, "", "none were",
                     "what nobody gave is credited");
}

/* No read(2) from standard input, which may be anything when nothing is meant to be handed in. */
Test(reseed, takes_what_the_machine_has_if_nothing_is_given)
{
    struct outcome outcome = reseeding("exec \"$OSRANDOM\" reseed </dev/null");

    cr_expect(outcome.exit_code == 0 || outcome.exit_code == 1, "it ended with %d: %s",
              outcome.exit_code, outcome.err);
    cr_expect(strstr(outcome.out, "the clocks"), "it does not tell with what: %s", outcome.out);
    cr_expect(!strstr(outcome.out, "bytes given"), "/dev/null gave bytes: %s", outcome.out);
    cr_expect_eq(strstr(outcome.out, "clones that go on at the same moment may agree") != NULL,
                 outcome.exit_code == 1, "the exit status does not tell what it was worth: %s",
                 outcome.out);
    outcome_free(&outcome);
}

Test(reseed, works_without_a_c_library)
{
    expect_reseeding("printf %s \"$3\" | env -i \"$2/osrandom.static\" reseed", 0,
                     "; 64 bytes given, 0 bits credited", "", "images from scratch are left alone");
}

/* ---- Bad input ---- */

/* A FIFO that never ends. */
#define HELD_OPEN "rm -f \"$1/held\"; mkfifo \"$1/held\"; exec 9<>\"$1/held\"\n"

Test(reseed, refuses_bad_input_with_a_sentence)
{
    static const struct {
        const char *script, *said;
    } rows[] = {
        {"\"$OSRANDOM\" reseed --hex 123", "odd number of digits, 3"},
        {"\"$OSRANDOM\" reseed --hex 12x4", "character at place 3"},
        {"\"$OSRANDOM\" reseed --hex ''", "--hex is empty"},
        {"\"$OSRANDOM\" reseed --hex 7777", "all alike"},
        {": | \"$OSRANDOM\" reseed", "standard input is empty"},
        {HELD_OPEN "\"$OSRANDOM\" reseed --wait 0.2 <\"$1/held\"",
         "standard input gave nothing for 0.2 seconds"},
        {HELD_OPEN "echo some >&9; \"$OSRANDOM\" reseed --wait 0.2 <\"$1/held\"",
         "5 bytes and no end"},
        {"\"$OSRANDOM\" reseed </dev/zero --file /dev/zero", "all alike"},
        {"head -c 99999 /dev/urandom | \"$OSRANDOM\" reseed", "65536 bytes or more"},
        {"\"$OSRANDOM\" reseed --file /dev/urandom", "the very generator"},
        {"\"$OSRANDOM\" reseed --file /", "Is a directory"},
        {"\"$OSRANDOM\" reseed --file \"$1/no\"", "No such file"},
        {"\"$OSRANDOM\" reseed --file /dev/null", "is empty"},
        {"mkfifo \"$1/fifo\"; \"$OSRANDOM\" reseed --wait 0.2 --file \"$1/fifo\"", "gave nothing"},
        {"\"$OSRANDOM\" reseed --port \"$1/fifo\"", "is no virtio port"},
        {"\"$OSRANDOM\" reseed --port nowhere", "no virtio port of the name nowhere"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct outcome outcome = shell(rows[i].script, directory(), NULL);

        expect(&outcome, 2, "", rows[i].said, rows[i].script);
        cr_expect(strstr(outcome.err, "; not reseeded\n"), "it does not say what that means: %s",
                  outcome.err);
        outcome_free(&outcome);
    }
}

Test(reseed, refuses_wrong_usage)
{
    static const char *const rows[][2] = {
        {"--file=a --hex=12", "exclude each other"},
        {"--credit=-1", "no number of bits"},
        {"--credit=1x", "no number of bits"},
        {"--wait=0", "no number of seconds"},
        {"--watch=0", "no number of seconds"},
        {"--watch --hex=12", "has them once"},
        {"--watch --credit=8", "credits nothing"},
        {"now", "one word too many"},
        {"--bogus", "no option"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct outcome outcome =
            shell(text_format("exec \"$OSRANDOM\" reseed %s </dev/null", rows[i][0]), NULL);

        expect(&outcome, 125, "", rows[i][1], rows[i][0]);
        outcome_free(&outcome);
    }
}

/* ---- Rights, and kernels that do not do it ---- */

Test(reseed, says_which_right_it_needs)
{
    const char *command = copy_of(built("osrandom"), "osrandom", 0755);
    struct outcome outcome;

    if (geteuid() == 0)
        outcome = shell("cd \"$1\" && exec setpriv --reuid=65534 --regid=65534 --clear-groups "
                        "./osrandom reseed </dev/null",
                        directory(), NULL);
    else
        outcome = shell("exec \"$1\" reseed </dev/null", command, NULL);
    expect(&outcome, 2, "", "needs CAP_SYS_ADMIN", "a user does not learn what is missing");
    outcome_free(&outcome);
}

/* strace answers in the kernel's place. */
static void expect_injected(const char *fault, const char *said, const char *lost)
{
    char *script =
        text_format("exec strace -o /dev/null -e trace=ioctl -e inject=ioctl:%s -P /dev/urandom "
                    "\"$OSRANDOM\" reseed </dev/null",
                    fault);
    struct outcome outcome = reseeding(script);

    if (strstr(outcome.err, "strace") || outcome.exit_code == 127)
        cr_skip_test("strace cannot trace here");
    expect(&outcome, 2, "", said, lost);
    outcome_free(&outcome);
}

Test(reseed, notices_a_kernel_that_says_yes_and_keeps_its_key)
{
    struct outcome outcome = reseeding("exec \"$OSRANDOM\" reseed </dev/null");

    if (strstr(outcome.out, "unchecked"))
        cr_skip_test("this kernel's vDSO has no getrandom()");
    cr_expect(strstr(outcome.out, "a process that drew before draws anew"), "%s", outcome.out);
    outcome_free(&outcome);
    expect_injected("retval=0", "it did not take: a process that drew before repeats its draw",
                    "a clone is called safe that is not");
}

Test(reseed, says_that_the_kernel_has_no_seed_yet)
{
    expect_injected("error=ENODATA:when=2", "no seed at all yet", "nobody learns why");
}

Test(reseed, does_not_tell_its_bytes_to_a_file_in_the_devices_place)
{
    struct outcome outcome =
        shell("touch \"$1/file\"; exec unshare -m sh -c 'mount --bind \"$1/file\" /dev/urandom && "
              "exec \"$OSRANDOM\" reseed </dev/null' sh \"$1\"",
              directory(), NULL);

    if (strstr(outcome.err, "unshare:") || strstr(outcome.err, "mount:"))
        cr_skip_test("no mount namespace can be made here");
    expect(&outcome, 2, "", "/dev/urandom is not the kernel's device", "a seed goes to a file");
    outcome_free(&outcome);
}

/* ---- Watching ---- */

Test(reseed, watches_until_it_is_told_to_end)
{
    expect_reseeding("\"$OSRANDOM\" reseed --watch=0.1 >\"$1/said\" </dev/null & watcher=$!\n"
                     "until grep -q watching \"$1/said\"; do kill -0 $watcher; sleep 0.05; done\n"
                     "kill $watcher; wait $watcher || cat \"$1/said\"",
                     0, "osrandom reseed: watching ", NULL, "nobody watches");
}
