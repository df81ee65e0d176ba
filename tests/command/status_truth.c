/*
 * osrandom status and processes that are not what they show, or not for the reason that seems
 * likely.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "held.h"
#include "json.h"
#include "words.h"

TestSuite(status_truth, .fini = clean_up);

static void expect_told(const struct held *held, int status, const char *state, const char *why)
{
    json_t *object = object_of(held, status);

    cr_expect_str_eq(text_in(object, "state"), state, "told as %s, and it is %s: %s",
                     text_in(object, "state"), state, json_dumps(object, 0));
    cr_expect(strstr(text_in(object, "why"), why), "the reason is another one than '%s': %s", why,
              text_in(object, "why"));
    json_decref(object);
}

/* ---- Swapped ---- */

Test(status_truth, a_method_that_was_set_past_the_shim_is_told_as_swapped)
{
    struct held held = held_with(the_shim(), "past");

    expect_told(&held, 3, "swapped", "another method, which was set past the shim");
    held_end(&held);
}

Test(status_truth, a_method_that_was_taken_out_past_the_shim_is_told_as_swapped)
{
    struct held held = held_with(the_shim(), "out");
    struct outcome outcome;

    expect_told(&held, 3, "swapped", "it draws by its own");
    outcome = osrandom(NULL, "status", held.text, NULL);
    expect(&outcome, 3, "0 covered, 1 not (1 swapped)\n", "", "the summary hides it");
    outcome_free(&outcome);
    held_end(&held);
}

Test(status_truth, an_openssl_that_has_closed_down_is_not_called_swapped)
{
    const char *env[] = {text_format("LD_PRELOAD=%s", the_shim()), NULL};
    const char *words[] = {built("tests/command/held"), "draw", "close", NULL};
    struct held held = held_start(env, words);
    struct outcome version = shell("openssl version", NULL);

    /* 1.1.1 keeps it where it was */
    expect_told(&held, 0, "covered",
                strstr(version.out, "OpenSSL 1.") ? ""
                                                  : "where OpenSSL keeps its method is not known");
    outcome_free(&version);
    held_end(&held);
}

/* ---- Forged ---- */

static void expect_no_forgery(const char *preload, const char *level, const char *why)
{
    const char *env[] = {text_format("LD_PRELOAD=%s", preload), NULL};
    const char *words[] = {built("tests/command/forge"), the_shim(), level, NULL};
    struct held held;

#ifndef __x86_64__
    cr_skip_test("the forger knows x86-64 only");
#endif
    held = held_start(env, words);
    expect_told(&held, 1, "uncovered", why);
    held_end(&held);
}

Test(status_truth, the_genuine_file_mapped_by_hand_is_no_shim)
{
    expect_no_forgery("", "block", "was not loaded by the loader");
}

Test(status_truth, nor_is_it_one_with_its_pointers_relocated_by_hand)
{
    expect_no_forgery("", "pointers", "the loader knows of no such shim");
}

Test(status_truth, a_shim_whose_code_was_changed_is_not_vouched_for)
{
    expect_no_forgery(the_shim(), "code", "code in it is not that of the file");
}

/* ---- Ends ---- */

/* A library's or a server's threads work on when main() has called pthread_exit(). */
Test(status_truth, a_process_whose_first_thread_has_ended_is_looked_at_by_another)
{
    struct held covered = held_with(the_shim(), "leave"), not_covered = held_with(NULL, "leave");

    expect_told(&covered, 0, "covered", "");
    expect_told(&not_covered, 1, "uncovered", "not preloaded");
    held_end(&covered);
    held_end(&not_covered);
}

Test(status_truth, a_process_that_ends_while_it_is_looked_at_is_gone_and_no_alarm)
{
    struct held held = held_with(the_shim(), "draw");
    const char *env[] = {text_format("LD_PRELOAD=%s", built("tests/command/ends.so")),
                         text_format("ENDS=%s", held.text), NULL};
    struct outcome outcome = osrandom(env, "status", held.text, NULL);

    expect(&outcome, 2, "0 covered, 0 not, 1 gone\n", "",
           "short programs of a machine that is all covered are told as not covered, by chance");
    outcome_free(&outcome);
    held_end(&held);
}

/* ---- Names and sources ---- */

Test(status_truth, a_source_that_nothing_was_drawn_from_is_not_told)
{
    struct held held = held_with(the_shim(), "idle");
    json_t *object = object_of(&held, 0);

    cr_expect(json_is_null(json_object_get(object, "source")),
              "a process that draws nothing is said to draw from %s", text_in(object, "source"));
    json_decref(object);
    held_end(&held);
}

Test(status_truth, aws_lc_is_not_called_boringssl)
{
    const char *words[] = {built("tests/command/held"), "load",
                           built("tests/command/libs/libaws.so"), NULL};
    const char *env[] = {text_format("LD_PRELOAD=%s", the_shim()), NULL};
    struct held held = held_start(env, words);

    expect_told(&held, 1, "uncovered", "AWS-LC takes no other generator");
    held_end(&held);
}

/* ---- Reasons ---- */

/* A script with $1, a directory; $2, the program held; and hold, which starts it and its words. */
static struct outcome reasons(const char *script)
{
    struct outcome outcome = shell(
        text_format("exec unshare --mount sh -euc '\n"
                    "cd \"$1\"; mkfifo in; : >out; sleep 100 >in & feeder=$!; held=\n"
                    "trap \"kill \\$held \\$feeder\" EXIT\n"
                    "cp -a /etc etc; mount --bind etc /etc || exit 99; rm -f /etc/ld.so.preload\n"
                    "hold() { \"$@\" <in >out 2>/dev/null & held=$!\n"
                    "    while ! grep -q ready out; do kill -0 $held; sleep 0.05; done; }\n"
                    "%s\n' sh \"$1\" \"$2\"",
                    script),
        directory(), built("tests/command/held"), NULL);

    if (outcome.exit_code == 99 || strstr(outcome.err, "unshare"))
        cr_skip_test("no mount namespace can be made here: %s", outcome.err);
    return outcome;
}

static void expect_reason(const char *script, const char *why, const char *lost)
{
    struct outcome outcome = reasons(script);

    expect(&outcome, 1, why, NULL, lost); /* the loader of every other program may complain */
    outcome_free(&outcome);
}

Test(status_truth, secure_execution_is_told)
{
    struct outcome outcome = reasons(
        "mkdir place; mount -t tmpfs tmpfs place; cp \"$2\" place/held; chmod 755 . place\n"
        "chmod 4755 place/held\n"
        "hold env LD_PRELOAD=\"$SHIM\" setpriv --reuid=65534 --regid=65534 --clear-groups \\\n"
        "    \"$PWD/place/held\" draw\n"
        "grep -q \"^Uid:.65534.0\" /proc/$held/status || exit 99\n"
        "\"$OSRANDOM\" status $held");

    expect(&outcome, 1, "the loader ignores LD_PRELOAD (AT_SECURE)", "",
           "it is not told that LD_PRELOAD cannot reach it");
    outcome_free(&outcome);
}

Test(status_truth, a_process_that_is_younger_than_the_preset_is_not_called_older)
{
    expect_reason("echo \"$SHIM\" >/etc/ld.so.preload; : >empty; chmod 0 empty\n"
                  "mount --bind empty \"$SHIM\"; hold \"$2\" draw; \"$OSRANDOM\" status $held",
                  "/etc/ld.so.preload names the shim, which is inaccessible to it",
                  "a restart is advised, which helps nothing");
}

Test(status_truth, a_preset_that_names_no_file_is_told)
{
    expect_reason("echo /no/such/libosrandom_preload.so >/etc/ld.so.preload\n"
                  "hold \"$2\" draw; \"$OSRANDOM\" status $held",
                  "/etc/ld.so.preload names the shim, which", "a file that is missing goes unseen");
}

Test(status_truth, a_preset_that_is_younger_is_told_even_if_it_was_dated_back)
{
    expect_reason("hold \"$2\" draw; sleep 0.1; echo \"$SHIM\" >/etc/ld.so.preload\n"
                  "touch -d 2001-01-01 /etc/ld.so.preload; \"$OSRANDOM\" status $held",
                  "started before the shim was put into /etc/ld.so.preload",
                  "it is not told that a restart is all it takes");
}

Test(status_truth, a_preset_in_a_comment_is_none)
{
    expect_reason("echo \"# $SHIM\" >/etc/ld.so.preload\n"
                  "hold \"$2\" draw; \"$OSRANDOM\" status $held",
                  "not preloaded", "a comment is taken for a preset");
}
