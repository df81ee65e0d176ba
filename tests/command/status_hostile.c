/*
 * osrandom status, run by root, and processes that would have it hang, open what is not theirs to
 * name, or work without end. Each of these was once done with success.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "held.h"
#include "json.h"
#include "level.h"
#include "words.h"

TestSuite(status_hostile, .fini = clean_up);

/* ---- File systems that never answer ---- */

/* Words of the scripts below. They run in a mount namespace that is gone with them, and end what
 * they start by its number: "mount" needs /dev/fuse and root. */
#define HOSTILE_WORDS                                                                              \
    "cd \"$1\"; mkfifo in; mkdir over; : >out; : >pid; : >fs; : >rounds; sleep 100 >in & "         \
    "feeder=$!\n"                                                                                  \
    "held=; fs=; watch=\n"                                                                         \
    "trap \"kill \\$held \\$fs \\$watch \\$feeder \\$(cat pid) 2>/dev/null || :\" EXIT\n"          \
    "wait_for() { while ! grep -q ready \"$1\"; do kill -0 $2 || exit 99; sleep 0.05; done; }\n"   \
    "over() { \"$2/never_answers\" \"$3\" $4 >fs & fs=$!; wait_for fs $fs; }\n"                    \
    "hold() { \"$@\" <in >out & held=$!; wait_for out $held; }\n"

static struct outcome hostile(const char *script)
{
    struct outcome outcome = shell(
        text_format("exec unshare --mount sh -euc '%s%s' sh \"$1\" \"$2\"", HOSTILE_WORDS, script),
        directory(), text_format("%s/tests/command", realpath(BUILD_DIR, NULL)), NULL);

    if (outcome.exit_code == 99 || strstr(outcome.err, "unshare"))
        cr_skip_test("no file system can be mounted here: %s", outcome.err);
    return outcome;
}

Test(status_hostile, a_mapped_file_that_never_answers_is_not_read)
{
    struct outcome outcome =
        hostile("over x \"$2\" over read; hold \"$2/maps\" over/lib.so\n"
                "status=0; timeout 60 \"$OSRANDOM\" status $held || status=$?\n"
                "exit $status");

    expect(&outcome, 2, "may never answer", "", "any user can hang root's monitor for ever");
    outcome_free(&outcome);
}

/* The look hangs where no signal reaches it, and holds whatever it has: our output is read to its
 * end here, which comes when nobody holds that any more. */
Test(status_hostile, a_path_that_never_answers_is_given_up)
{
    struct outcome outcome = hostile(
        "hold unshare --mount sh -c \"\\\"$2/held\\\" draw <in & echo \\$! >pid\n"
        "    while ! grep -q ready out; do sleep 0.05; done\n"
        "    exec \\\"$2/never_answers\\\" /etc lookup\"; fs=$held\n"
        "while [ $(grep -c ready out) -lt 2 ]; do kill -0 $fs || exit 99; sleep 0.05; done\n"
        "status=0; timeout 60 \"$OSRANDOM\" status $(cat pid) || status=$?\n"
        "exit $status");

    expect(&outcome, 1, "finding out why took too long", "", "a link can hang root's monitor");
    outcome_free(&outcome);
}

/* With more than one left it would never end. */
/* It waits for the whole of BOUNDED_SECONDS. */
Test(status_hostile, explain_gives_such_a_path_up_too, .timeout = 120)
{
    struct outcome outcome;

    only_from(LEVEL_ALL);
    outcome = hostile("over x \"$2\" over lookup; status=0\n"
                      "timeout 90 \"$OSRANDOM\" explain over/program \"$2/writes\" || status=$?\n"
                      "exit $status");
    expect(&outcome, 2, "/writes: no OpenSSL", "", "the other program is lost");
    expect(&outcome, 2, "takes too long", "", "a path can hang explain for ever");
    outcome_free(&outcome);
}

Test(status_hostile, a_look_that_hangs_is_not_started_again_when_watching)
{
    struct outcome outcome = hostile(
        "hold unshare --mount sh -c \"\\\"$2/held\\\" draw <in & echo \\$! >pid\n"
        "    while ! grep -q ready out; do sleep 0.05; done\n"
        "    exec \\\"$2/never_answers\\\" /etc lookup\"; fs=$held\n"
        "while [ $(grep -c ready out) -lt 2 ]; do kill -0 $fs || exit 99; sleep 0.05; done\n"
        "\"$OSRANDOM\" status --watch=0.1 --json $(cat pid) >rounds & watch=$!\n"
        "while [ $(grep -c end_of_round rounds) -lt 4 ]; do kill -0 $watch; sleep 0.1; done\n"
        "kill -STOP $watch; list=/proc/$watch/task/$watch/children\n"
        "alive() { for child in $(cat $list); do grep -L State:.Z /proc/$child/status; done; }\n"
        "while [ $(alive | wc -l) -gt 1 ]; do sleep 0.1; done; kill -CONT $watch\n"
        "grep -c \"still hangs\" rounds >/dev/null || echo none; echo left one");

    expect(&outcome, 0, "left one\n", "", "each round leaves a process that cannot be killed");
    outcome_free(&outcome);
}

/* ---- Paths that a process chooses ---- */

/* A root of its own, in which held runs; in it, /etc/ld.so.preload is what $3 makes. */
static struct outcome in_a_jail(const char *make)
{
    struct outcome outcome =
        shell("cd \"$1\"; mkdir -p jail/etc; mkfifo in; : >out; sleep 100 >in & feeder=$!\n"
              "for file in $(ldd \"$2/held\" | grep -o \"/[^ ]*\"); do\n"
              "    mkdir -p jail/${file%/*}; cp -L $file jail/$file; done; cp \"$2/held\" jail\n"
              "echo \"$SHIM\" >secret\n"
              "chroot jail /held draw <in >out & held=$!\n"
              "while ! grep -q ready out; do kill -0 $held || exit 99; sleep 0.05; done\n"
              "sleep 0.1; eval \"$3\"\n"
              "status=0; timeout 60 \"$OSRANDOM\" status --json $held || status=$?\n"
              "kill $held $feeder; exit $status",
              directory(), text_format("%s/tests/command", realpath(BUILD_DIR, NULL)), make, NULL);

    if (outcome.exit_code == 99)
        cr_skip_test("no root of its own can be made here: %s", outcome.err);
    return outcome;
}

Test(status_hostile, a_link_out_of_a_processs_root_is_not_followed)
{
    struct outcome outcome = in_a_jail("ln -s \"$1/secret\" jail/etc/ld.so.preload");

    expect(&outcome, 1, "\"not preloaded\"", "", "a container has root open the host's files");
    outcome_free(&outcome);
    clean_up();
    outcome = in_a_jail("ln -s ../../../../../../../../..\"$1/secret\" jail/etc/ld.so.preload");
    expect(&outcome, 1, "\"not preloaded\"", "", "a container has root open the host's files");
    outcome_free(&outcome);
}

Test(status_hostile, a_link_inside_of_a_processs_root_is_followed_in_it)
{
    struct outcome outcome =
        in_a_jail("echo \"$SHIM\" >jail/real; ln -s /real jail/etc/ld.so.preload");

    expect(&outcome, 1, "started before the shim", "", "a linked ld.so.preload is not read");
    outcome_free(&outcome);
}

Test(status_hostile, what_shows_the_kernels_inside_is_not_read)
{
    struct outcome outcome = in_a_jail("mkdir jail/proc; mount -t proc proc jail/proc || exit 99\n"
                                       "trap \"umount jail/proc\" EXIT\n"
                                       "ln -s /proc/self/environ jail/etc/ld.so.preload");

    expect(&outcome, 1, "\"not preloaded\"", NULL, "a container has root read from /proc");
    outcome_free(&outcome);
}

/*
 * Whatever another process may choose is first named, with O_PATH, and then opened by the kernel's
 * own link to what was looked at: between a look and opening it by its name again, a device could
 * be put there.
 */
Test(status_hostile, nothing_is_opened_by_a_name_that_a_process_can_change)
{
    struct held held = held_with(NULL, "draw");
    struct outcome outcome =
        shell("command -v strace >/dev/null || exit 99\n"
              "strace -f -qq -e trace=open,openat,openat2 -o \"$1/trace\" \"$OSRANDOM\" status $2 "
              ">/dev/null || :\n"
              "grep -q \"openat2(.*RESOLVE_IN_ROOT\" \"$1/trace\" || echo \"no openat2\"\n"
              "grep -E \"/proc/[0-9]+/(root|map_files)\" \"$1/trace\" | grep -v O_PATH || :",
              directory(), held.text, NULL);

    if (outcome.exit_code == 99)
        cr_skip_test("there is no strace here");
    cr_expect(!strstr(outcome.out, "no openat2") && !strstr(outcome.out, "open"),
              "root opens what a process may replace: %s", outcome.out);
    outcome_free(&outcome);
    held_end(&held);
}

Test(status_hostile, all_that_is_opened_stands_in_the_page)
{
    struct held held = held_with(the_shim(), "draw"), other = held_with(NULL, "draw");
    struct outcome outcome = shell(
        "command -v strace >/dev/null || exit 99\n"
        "strace -f -qq -e trace=open,openat -o \"$1/trace\" \"$OSRANDOM\" status $2 $3 >\"$1/out\" "
        "|| :\n"
        "sed -n \"s/.*AT_FDCWD, \\\"\\([^\\\"]*\\).*/\\1/p\" \"$1/trace\" | sed "
        "\"s!^/proc/[0-9]*/!!\"\\\n"
        "    | sed \"s!map_files/.*!map_files!\" | sort -u | while read -r file; do\n"
        "    case $file in /lib/*|/usr/lib/*|/etc/ld.so.*|/sys/devices/system/cpu/*|/proc) "
        "continue;;\n"
        "    $SHIM|*/engines/osrandom.so|/proc/self/fd/*|/proc/self/fdinfo/*|/dev/null) continue "
        ";; esac\n"
        "    sed -n \"/^.Sh FILES/,/^.Sh EXIT/s/^.It Pa //p\" tools/man/osrandom.8 | tr -d , |\n"
        "        grep -qE \"(^| )$file( |\\$)\" || echo \"$file\"\n"
        "done",
        directory(), held.text, other.text, NULL);

    if (outcome.exit_code == 99)
        cr_skip_test("there is no strace here");
    cr_expect_str_eq(outcome.out, "", "osrandom(8) does not tell that root opens %s", outcome.out);
    outcome_free(&outcome);
    held_end(&held);
    held_end(&other);
}

/* ---- Work without end ---- */

static void expect_not_read(const char *size, const char *why)
{
    const char *path = copy_of(built("tests/command/libs/libalike.so"), "sparse.so", 0755);
    const char *words[] = {built("tests/command/maps"), path, NULL};
    struct outcome outcome = run_words(NULL, NULL, NULL, "truncate", "-s", size, path, NULL);
    struct held held;
    json_t *object;

    if (outcome.exit_code != 0)
        cr_skip_test("the file system below /tmp takes no such file: %s", outcome.err);
    outcome_free(&outcome);
    held = held_start(NULL, words);
    object = object_of(&held, 2);
    cr_expect(strstr(text_in(object, "why"), why), "a file of holes is read to its end: %s",
              text_in(object, "why"));
    json_decref(object);
    held_end(&held);
}

Test(status_hostile, a_file_of_a_terabyte_is_not_read)
{
    expect_not_read("1T", "a gigabyte");
}

Test(status_hostile, a_file_that_is_mostly_holes_is_not_read)
{
    expect_not_read("512M", "holes");
}

/* ---- The terminal ---- */

static void expect_plain(const char *text, const char *where)
{
    for (const unsigned char *c = (const unsigned char *)text; *c; c++)
        cr_expect(*c == '\n' || (*c >= ' ' && *c < 0x7f), "byte %02x reaches the terminal by %s",
                  *c, where);
}

static const char odd_name[] = "\x9b"
                               "31m\xc2\x9b"
                               "32m\xe2\x80\xae"
                               "drow\033[2J";

Test(status_hostile, no_byte_that_a_terminal_obeys_comes_through)
{
    const char *words[] = {copy_of(built("tests/command/held"), odd_name, 0755), "draw", NULL};
    struct held held = held_start(NULL, words);
    const char *const ways[][2] = {
        {"status", held.text},   {"--json", held.text},
        {"--why", held.text},    {"status", odd_name},
        {"--user", odd_name},    {"--watch", odd_name},
        {"--columns", odd_name}, {"--columns=path,cgroup", held.text},
        {odd_name, odd_name},
    };

    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        struct outcome outcome = osrandom(NULL, "status", ways[i][0], ways[i][1], NULL);

        if (strcmp(ways[i][0], "status") == 0) {
            outcome_free(&outcome);
            outcome = osrandom(NULL, "status", ways[i][1], NULL);
        }
        expect_plain(outcome.out, ways[i][0]);
        expect_plain(outcome.err, ways[i][0]);
        outcome_free(&outcome);
    }
    held_end(&held);
}
