/*
 * osrandom status: what it says of running processes.
 */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "held.h"
#include "json.h"
#include "tree_or_skip.h"
#include "words.h"

TestSuite(status, .fini = clean_up);

static void expect_state(const struct held *held, int status, const char *state, const char *why)
{
    json_t *object = object_of(held, status);

    cr_expect_str_eq(text_in(object, "state"), state, "the operator is told the wrong thing: %s",
                     json_dumps(object, 0));
    cr_expect(strstr(text_in(object, "why"), why), "the reason is another one than '%s': %s", why,
              text_in(object, "why"));
    json_decref(object);
}

static void expect_number(const json_t *object, const char *key, int number)
{
    cr_expect_eq(json_integer_value(json_object_get(object, key)), number, "%s is wrong: %s", key,
                 json_dumps(object, 0));
}

/* ---- Covered ---- */

Test(status, tells_all_of_a_process_that_is_covered)
{
    struct held held = held_with(the_shim(), "draw");
    json_t *object = object_of(&held, 0);
    const json_t *openssl = json_array_get(json_object_get(object, "openssl"), 0);

    expect_number(object, "pid", held.pid);
    expect_number(object, "draws", 1);
    expect_number(object, "bytes", 16);
    expect_number(object, "refused", 0);
    expect_number(object, "failures", 0);
    cr_expect(strstr(text_in(object, "program"), "/held"));
    cr_expect_str_eq(text_in(object, "state"), "covered");
    cr_expect(json_is_null(json_object_get(object, "why")), "doubts our own shim: %s",
              text_in(object, "why"));
    cr_expect_str_eq(text_in(object, "mode"), "activate");
    cr_expect_str_neq(text_in(object, "source"), "(none)");
    cr_expect(strstr(text_in(openssl, "object"), "libcrypto.so"));
    cr_expect(strchr(text_in(openssl, "version"), '.'));
    cr_expect(json_is_true(json_object_get(openssl, "pinned")));
    json_decref(object);
    held_end(&held);
}

Test(status, counts_generators_that_were_refused)
{
    struct held held = held_with(the_shim(), "swap");
    json_t *object = object_of(&held, 0);

    expect_number(object, "refused", 1);
    expect_number(object, "swaps_kept", 1);
    json_decref(object);
    held_end(&held);
}

Test(status, knows_a_copy_that_the_program_exports)
{
    const char *env[] = {text_format("LD_PRELOAD=%s", the_shim()), NULL};
    const char *words[] = {built("tests/command/held_exported"), "draw", NULL};
    struct held held = held_start(env, words);

    expect_state(&held, 0, "covered", "");
    held_end(&held);
}

Test(status, looks_into_other_mount_and_pid_namespaces)
{
    struct outcome outcome = shell(
        "mkfifo \"$1/in\"; exec 8<>\"$1/in\"\n"
        "unshare --mount --pid --fork --kill-child \"$OSRANDOM\" run \"$2\" draw <\"$1/in\" "
        ">\"$1/out\" 8<&- &\n"
        "outer=$!\n"
        "while ! grep -q ready \"$1/out\" 2>/dev/null; do kill -0 $outer; done\n"
        "status=0; \"$OSRANDOM\" status $(cat /proc/$outer/task/$outer/children) || status=$?\n"
        "kill $outer; exit $status",
        directory(), built("tests/command/held"), NULL);

    if (strstr(outcome.err, "unshare"))
        cr_skip_test("no namespaces can be made here");
    expect(&outcome, 0, "1 process with OpenSSL: 1 covered, 0 not", NULL,
           "a container's processes cannot be seen");
    cr_expect(!strstr(outcome.out, "self-reported"), "our own shim is doubted: %s", outcome.out);
    outcome_free(&outcome);
}

/* ---- Self-reported ---- */

Test(status, does_not_vouch_for_another_build_of_the_shim)
{
    const char *env[] = {text_format("LD_PRELOAD=%s", the_ledger_shim()), "OSRANDOM_LOG=quiet",
                         NULL};
    const char *words[] = {built("tests/command/held"), "draw", NULL};
    struct held held = held_start(env, words);
    json_t *object = object_of(&held, 0);

    cr_expect_str_eq(text_in(object, "why"), "self-reported: its shim is another build");
    cr_expect(json_is_true(json_object_get(object, "self_reported")));
    json_decref(object);
    held_end(&held);
}

/* In a container it is a copy, and what is installed is stripped: what counts is what is in memory.
 */
Test(status, vouches_for_the_same_shim_wherever_it_lies)
{
    const char *shim = copy_of(the_shim(), "libosrandom_preload.so", 0644);
    struct held held = held_with(shim, "draw");
    struct outcome outcome;

    expect_state(&held, 0, "covered", "(none)");
    cr_assert_eq(unlink(shim), 0);
    expect_state(&held, 0, "covered", "(none)");
    held_end(&held);
    outcome = run_words(NULL, NULL, NULL, "strip", "-o", shim, the_shim(), NULL);
    cr_assert_eq(outcome.exit_code, 0, "%s", outcome.err);
    outcome_free(&outcome);
    held = held_with(shim, "draw");
    expect_state(&held, 0, "covered", "(none)");
    held_end(&held);
}

Test(status, does_not_vouch_for_a_forged_block)
{
    struct held held = held_with(built("tests/command/forged.so"), "draw");
    struct outcome outcome = osrandom(NULL, "status", held.text, NULL);

    expect(&outcome, 0, "self-reported", "", "a program's own word is taken for ours");
    expect(&outcome, 0, "1 covered (1 self-reported)", NULL, "the summary hides it");
    outcome_free(&outcome);
    held_end(&held);
}

Test(status, is_strict_about_what_is_self_reported_if_told_to)
{
    struct held held = held_with(built("tests/command/forged.so"), "draw");
    struct outcome outcome = osrandom(NULL, "status", "--strict", held.text, NULL);

    expect(&outcome, 1, "self-reported", "", "a program's own word passes a strict check");
    outcome_free(&outcome);
    held_end(&held);
}

Test(status, does_not_vouch_for_a_shim_that_was_updated)
{
    const char *command = copy_of(built("osrandom"), "osrandom", 0755);
    const char *shim = copy_of(the_shim(), "libosrandom_preload.so", 0644);
    struct held held = held_with(shim, "draw");
    struct outcome outcome = run_words(NULL, NULL, NULL, command, "status", held.text, NULL);

    expect(&outcome, 0, "1 covered, 0 not", "", "a shim beside osrandom is not taken for ours");
    cr_expect(!strstr(outcome.out, "self-reported"), "%s", outcome.out);
    outcome_free(&outcome);
    cr_assert_eq(rename(copy_of(the_ledger_shim(), "new", 0644), shim), 0);
    outcome = run_words(NULL, NULL, NULL, command, "status", held.text, NULL);
    expect(&outcome, 0, "its shim is another build", "", "an update goes unnoticed");
    outcome_free(&outcome);
    held_end(&held);
}

/* ---- Not covered ---- */

Test(status, tells_that_nothing_was_preloaded)
{
    struct held held = held_with(NULL, "draw");

    expect_state(&held, 1, "uncovered", "not preloaded");
    held_end(&held);
}

Test(status, tells_that_the_file_is_not_there)
{
    struct held held = held_with("/no/such/libosrandom_preload.so", "draw");

    expect_state(&held, 1, "uncovered", "names the shim, which is not there");
    held_end(&held);
}

Test(status, tells_that_a_process_is_older_than_the_systems_preset)
{
    struct outcome outcome =
        shell("exec unshare --mount sh -euc '\n"
              "cp -a /etc \"$1/etc\"; mount --bind \"$1/etc\" /etc; rm -f /etc/ld.so.preload\n"
              "mkfifo \"$1/in\"; exec 8<>\"$1/in\"\n"
              "\"$2\" draw <\"$1/in\" >\"$1/out\" 8<&- & held=$!\n"
              "while ! grep -q ready \"$1/out\"; do kill -0 $held; done\n"
              "sleep 0.1; echo \"$SHIM\" >/etc/ld.so.preload\n"
              "status=0; \"$OSRANDOM\" status $held || status=$?\n"
              "kill $held; exit $status' sh \"$1\" \"$2\"",
              directory(), built("tests/command/held"), NULL);

    if (strstr(outcome.err, "unshare") || strstr(outcome.err, "mount:"))
        cr_skip_test("no mount namespace can be made here");
    expect(&outcome, 1, "started before the shim was put into /etc/ld.so.preload", NULL,
           "it is not told that a restart is all it takes");
    outcome_free(&outcome);
}

Test(status, tells_the_mode_that_leaves_openssl_alone)
{
    const char *const modes[] = {"builtin", "register"};

    for (int i = 0; i < 2; i++) {
        const char *env[] = {text_format("LD_PRELOAD=%s", the_shim()),
                             text_format("OSRANDOM_MODE=%s", modes[i]), NULL};
        const char *words[] = {built("tests/command/held"), "draw", NULL};
        struct held held = held_start(env, words);

        expect_state(&held, 1, "uncovered", text_format("mode %s", modes[i]));
        held_end(&held);
    }
}

Test(status, tells_that_a_generator_was_let_in)
{
    const char *env[] = {text_format("LD_PRELOAD=%s", the_shim()), "OSRANDOM_ON_REPLACE=allow",
                         NULL};
    const char *words[] = {built("tests/command/held"), "swap", NULL};
    struct held held = held_start(env, words);

    expect_state(&held, 1, "uncovered", "OSRANDOM_ON_REPLACE=allow");
    held_end(&held);
}

Test(status, knows_a_hidden_copy_and_whether_it_could_be_pinned)
{
    const char *env[] = {text_format("LD_PRELOAD=%s", the_shim()), NULL};
    const char *with_symbols[] = {built("tests/command/held_hidden"), "draw", NULL};
    const char *stripped[] = {built("tests/command/held_stripped"), "draw", NULL};
    struct held held = held_start(env, with_symbols);

    expect_state(&held, 0, "covered", "");
    held_end(&held);
    held = held_start(env, stripped);
    expect_state(&held, 1, "uncovered", "static copy");
    held_end(&held);
}

Test(status, tells_what_is_guarded_in_mode_reseed)
{
    const char *env[] = {text_format("LD_PRELOAD=%s", the_shim()), "OSRANDOM_MODE=reseed", NULL};
    const char *words[] = {built("tests/command/held"), "draw", NULL};
    const char *inside[] = {built("tests/command/held_exported"), "draw", NULL};
    struct held held = held_start(env, words);
    json_t *object = object_of(&held, 1);
    const json_t *openssl = json_array_get(json_object_get(object, "openssl"), 0);

    cr_expect_str_eq(text_in(object, "state"), "guarded");
    cr_expect_str_eq(text_in(object, "mode"), "reseed");
    cr_expect(json_is_false(json_object_get(openssl, "pinned")));
    cr_expect(json_is_true(json_object_get(openssl, "guarded")));
    json_decref(object);
    held_end(&held);
    held = held_start(env, inside);
    expect_state(&held, 1, "uncovered", "cannot be made to notice forks");
    held_end(&held);
}

/* Debian's OpenSSL 3.5 with its FIPS provider. */
Test(status, knows_a_fips_provider)
{
    const struct tree *tree = tree_or_skip("openssl-3.5");
    struct held held =
        held_start(NULL, WORDS("tests/command/programs/fips_server", tree->loader, tree->libraries,
                               tree->openssl, directory(), the_shim()));

    expect_state(&held, 1, "guarded", "made to notice forks");
    held_end(&held);
}

/* The provider "legacy" has a copy of what asks for OPENSSL_ia32cap, as FIPS has, and no generator:
 * pyca/cryptography, hostapd and FreeRADIUS load it. */
Test(status, takes_no_provider_for_a_copy_that_has_no_generator)
{
    static const char *const trees[] = {"openssl-3.0", "openssl-3.5"};

    for (size_t i = 0; i < 2; i++) {
        const struct tree *tree = tree_or_skip(trees[i]);
        const char *env[] = {text_format("LD_PRELOAD=%s", the_shim()),
                             text_format("OPENSSL_MODULES=%s/ossl-modules", tree->libraries), NULL};
        struct held held =
            held_start(env, WORDS(tree->loader, "--library-path", tree->libraries, tree->openssl,
                                  "s_server", "-provider", "default", "-provider", "legacy",
                                  "-nocert", "-accept", "127.0.0.1:0"));

        expect_state(&held, 0, "covered", "");
        held_end(&held);
    }
}

/* ---- Neither ---- */

Test(status, knows_a_process_without_openssl)
{
    const char *env[] = {text_format("LD_PRELOAD=%s", the_shim()), NULL};
    const char *words[] = {"sh", "-c", "echo ready; read line", NULL};
    struct held held = held_start(env, words);

    expect_state(&held, 0, "no-openssl", "(none)");
    held_end(&held);
}

Test(status, does_not_take_a_file_that_is_only_mapped_for_one_that_is_loaded)
{
    const char *words[] = {"python3", "-c",
                           "import mmap, sys\n"
                           "f = open(sys.argv[1], 'rb')\n"
                           "m = mmap.mmap(f.fileno(), 0, mmap.MAP_PRIVATE, mmap.PROT_READ)\n"
                           "print('ready', flush=True)\nsys.stdin.read()",
                           built("tests/command/libs/libalike.so"), NULL};
    struct outcome python = run_words(NULL, NULL, NULL, "python3", "-c", "", NULL);
    struct held held;

    if (python.exit_code != 0)
        cr_skip_test("there is no Python here");
    held = held_start(NULL, words);
    expect_state(&held, 0, "no-openssl", "(none)");
    held_end(&held);
}

Test(status, never_calls_what_it_may_not_see_a_process_without_openssl)
{
    struct held held = held_with(the_shim(), "draw");
    struct outcome outcome;

    if (geteuid() != 0)
        cr_skip_test("only root can become someone who may not look");
    copy_of(built("osrandom"), "osrandom", 0755);
    outcome = shell("cd \"$1\" && exec setpriv --reuid=65534 --regid=65534 --clear-groups "
                    "./osrandom status --json \"$2\"",
                    directory(), held.text, NULL);
    expect(&outcome, 2, "\"state\":\"not-permitted\"", "", "a process out of sight looks harmless");
    outcome_free(&outcome);
    outcome = shell("cd \"$1\" && exec setpriv --reuid=65534 --regid=65534 --clear-groups "
                    "./osrandom status",
                    directory(), NULL);
    expect(&outcome, 2, "without permission to look", "", "what was not looked at is not counted");
    outcome_free(&outcome);
    held_end(&held);
}

Test(status, needs_no_rights_for_ones_own_processes)
{
    struct outcome outcome;

    if (geteuid() != 0)
        cr_skip_test("all other tests show it");
    copy_of(built("osrandom"), "osrandom", 0755);
    copy_of(built("tests/command/held"), "held", 0755);
    copy_of(the_shim(), "libosrandom_preload.so", 0644);
    outcome = shell("cd \"$1\"; mkfifo in; : >out; chmod 666 in out; sleep 100 >in & feeder=$!\n"
                    "trap \"kill $feeder\" EXIT\n"
                    "setpriv --reuid=65534 --regid=65534 --clear-groups sh -euc '\n"
                    "LD_PRELOAD=$PWD/libosrandom_preload.so ./held draw <in >out & held=$!\n"
                    "trap \"kill $held\" EXIT\n"
                    "while ! grep -q ready out; do kill -0 $held; sleep 0.05; done\n"
                    "./osrandom status $held; ./osrandom status --why $held' sh",
                    directory(), NULL);
    expect(&outcome, 0, "1 process with OpenSSL: 1 covered, 0 not\n", NULL,
           "a user cannot see whether what he runs is covered");
    cr_expect(strstr(outcome.out, ": covered\n"), "%s%s", outcome.out, outcome.err);
    outcome_free(&outcome);
}

Test(status, tells_of_a_process_that_is_gone)
{
    struct held held = held_with(NULL, "draw");
    struct outcome outcome;

    held_end(&held);
    outcome = osrandom(NULL, "status", held.text, NULL);
    expect(&outcome, 2, "no such process", "", "a process that is gone counts as covered");
    outcome_free(&outcome);
}
