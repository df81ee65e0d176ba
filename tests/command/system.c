/*
 * osrandom system: what becomes of /etc/ld.so.preload, on a copy of this machine. How a reboot
 * recovers is shown in tests/apps/fleet.c.
 */
#include <criterion/criterion.h>
#include <string.h>
#include <unistd.h>

#include "machine.h"
#include "words.h"

TestSuite(system, .fini = clean_up, .timeout = 600);

/* The package's shim, and another one put in its place as an upgrade does. A 32-bit loader would
 * rightly complain. */
#define INSTALLED                                                                                  \
    "dpkg -i $DEBS >/dev/null; rm -f $OTHER_LOADER; preset=/etc/ld.so.preload\n"                   \
    "shim=$(dpkg -L libosrandom-preload | grep 'preload.so$')\n"                                   \
    "link=/run/osrandom/ld.so.preload\n"                                                           \
    "replace() { cp $BOX/$1 $shim.new; mv $shim.new $shim; }\n"                                    \
    "not() { if \"$@\"; then return 1; fi; }\n" /* which sh -e heeds, unlike '!' */                \
    "draws() { OSRANDOM_LOG=info openssl rand 4 2>&1 >/dev/null | grep -q 'draws from'; }\n"

/* Of the shim where it is switched on, that is. */
static bool loader_complains(const char *text)
{
    return strstr(text, "ERROR: ld.so: object '/usr/") != NULL;
}

static void expect_on_machine(const char *script, const char *out, const char *lost)
{
    char *whole = text_format("%s%s", INSTALLED, script);
    struct outcome outcome = on_machine(whole);

    expect(&outcome, 0, out, NULL, lost);
    cr_expect(!loader_complains(outcome.err), "the loader complains: %s", outcome.err);
    outcome_free(&outcome);
}

/* ---- On and off ---- */

Test(system, changes_nothing_when_it_checks)
{
    expect_on_machine("mount >$BOX/before; ls -la /etc >>$BOX/before\n"
                      "osrandom system check\n"
                      "mount >$BOX/after; ls -la /etc >>$BOX/after; cmp $BOX/before $BOX/after\n"
                      "[ \"$(ls /run/osrandom)\" = lock ]; not draws",
                      "ok: a set-user-ID program starts, and has the shim",
                      "who looks first is changed already");
}

Test(system, becomes_a_link_that_no_reset_survives)
{
    expect_on_machine("osrandom system on; osrandom system on; draws\n"
                      "[ \"$(readlink $preset)\" = $link ]\n"
                      "[ \"$(cat $link)\" = '/usr/$LIB/libosrandom_preload.so' ]\n"
                      "osrandom system status\n"
                      "rm -r /run/osrandom; not draws; true 2>&1 | cmp - /dev/null\n"
                      "not osrandom system status; osrandom system boot; draws\n"
                      "osrandom system off; not draws; not ls -l $preset; osrandom system off",
                      "on: /etc/ld.so.preload is a link", "a reboot does not recover");
}

Test(system, covers_what_runs_in_secure_execution)
{
    expect_on_machine(
        "osrandom system on\n"
        "cp /usr/bin/openssl /usr/local/bin/more; chmod 4755 /usr/local/bin/more\n"
        "said=$(setpriv --reuid=65534 --regid=65534 --clear-groups su --version 2>&1)\n"
        "[ \"$said\" = \"$(su --version)\" ]\n"
        "mkfifo $BOX/in; sleep 60 >$BOX/in & setpriv --reuid=65534 --regid=65534 "
        "--clear-groups /usr/local/bin/more sha256 <$BOX/in & held=$!\n"
        "until grep -q 'r-xp.*/more$' /proc/$held/maps; do kill -0 $held; done\n"
        "until grep -q libcrypto /proc/$held/maps; do kill -0 $held; done\n"
        "grep -q libosrandom /proc/$held/maps",
        NULL, "sudo and its like complain at every start, and are not covered");
}

Test(system, is_not_taken_in_by_a_bare_name)
{
    /* what it writes no more: the loader's answer to it in secure execution */
    expect_on_machine("echo libosrandom_preload.so >$preset\n"
                      "setpriv --reuid=65534 --regid=65534 --clear-groups su --version 2>&1 | "
                      "sed 's/ERROR: //' | grep 'cannot be preloaded'\n"
                      "osrandom system on >$BOX/said 2>&1\n"
                      "[ \"$(cat $preset)\" = '/usr/$LIB/libosrandom_preload.so' ]; [ -L $preset ]",
                      "cannot be preloaded", "the reason for the path is no longer one");
}

Test(system, keeps_other_entries_and_comments)
{
    expect_on_machine("printf '# libosrandom_preload.so comes\\n\\nlibm.so.6\\n' >$preset\n"
                      "cp $preset $BOX/before; chmod 604 $preset\n"
                      "osrandom system on; draws; not [ -L $preset ]\n"
                      "[ \"$(tail -n 1 $preset)\" = '/usr/$LIB/libosrandom_preload.so' ]\n"
                      "head -n 3 $preset | cmp - $BOX/before; [ $(stat -c %a $preset) = 604 ]\n"
                      "osrandom system off; cmp $preset $BOX/before",
                      "a reboot does not take it out", "others' entries are lost");
}

Test(system, takes_its_entries_out_of_any_line)
{
    expect_on_machine(
        "printf 'libm.so.6:/a/libosrandom_preload.so libdl.so.2\\n"
        "libosrandom_preload.so\\t# the shim\\n /x/libosrandom_preload.so \\n"
        "not-libosrandom_preload.so' >$preset\n"
        "osrandom system off\n"
        "printf 'libm.so.6:libdl.so.2\\n# the shim\\nnot-libosrandom_preload.so' | cmp - $preset\n"
        "rm $preset",
        NULL, "what was there is not there afterwards");
}

Test(system, keeps_a_link_that_somebody_else_has_made)
{
    expect_on_machine("mkdir /etc/preload.d; echo libm.so.6 >/etc/preload.d/all\n"
                      "ln -s preload.d/all $preset\n"
                      "osrandom system on; draws; [ \"$(readlink $preset)\" = preload.d/all ]\n"
                      "[ $(wc -l </etc/preload.d/all) = 2 ]\n"
                      "osrandom system off; [ \"$(readlink $preset)\" = preload.d/all ]\n"
                      "[ \"$(cat $preset)\" = libm.so.6 ]",
                      NULL, "a managed file is replaced by another");
}

Test(system, writes_the_file_itself_when_it_shall)
{
    expect_on_machine("osrandom system on --by-file; draws; not [ -L $preset ]\n"
                      "osrandom system status; osrandom system off; not [ -e $preset ]",
                      "itself names /usr/$LIB/libosrandom_preload.so",
                      "where /run is no way, there is none");
}

Test(system, is_undone_by_a_shell_without_programs)
{
    expect_on_machine("osrandom system on\n"
                      "(PATH=/nowhere; : >$preset); not test -s $preset; not draws",
                      NULL, "the way back that the help promises does not work");
}

/* ---- Bad shims ---- */

static void expect_refused(const char *shim, const char *why)
{
    char *script =
        text_format("replace %s; osrandom system on 2>$BOX/said && exit 1\n"
                    "sed 's/ERROR: //' $BOX/said; not [ -e $preset ]; not [ -L $preset ]",
                    shim);

    expect_on_machine(script, why, "a bad shim is switched on");
}

Test(system, is_spared_a_shim_that_crashes)
{
    expect_refused("crash.so", "is killed by signal");
}

Test(system, is_spared_a_shim_that_is_none)
{
    expect_refused("moody.so; echo no library >$BOX/none; replace none", "cannot be preloaded");
}

Test(system, is_spared_a_shim_that_says_something)
{
    expect_refused("moody.so", "and says: moody");
}

Test(system, is_spared_a_shim_that_others_can_write_to)
{
    expect_refused("moody.so; chmod 666 $shim", "can be written to by others than root");
}

Test(system, tells_of_programs_of_another_architecture)
{
    struct outcome outcome =
        on_machine("[ -e $OTHER_LOADER ] && $OTHER_LOADER libc.so.6 || exit 98\n"
                   "dpkg -i $DEBS >/dev/null; osrandom system check | sed 's/ERROR: //' | "
                   "grep -F \"note: programs of $OTHER_LOADER are not covered\"");

    if (outcome.exit_code == 98)
        cr_skip_test("this machine runs no programs of the other word size");
    expect(&outcome, 0, "are not covered, and each will say", NULL,
           "32-bit programs complain, and nobody was warned");
    outcome_free(&outcome);
}

/* ---- A try ---- */

Test(system, takes_a_try_back_when_the_terminal_is_gone)
{
    expect_on_machine("setsid --wait osrandom system try 2 </dev/null >$BOX/said 2>&1\n"
                      "grep 'on for 2 seconds' $BOX/said; kill -HUP -1 || :\n"
                      "until not [ -L $preset ]; do sleep 0.1; done\n"
                      "not draws; not osrandom system keep 2>&1; not osrandom system status",
                      "nothing is being tried", "a try stays for ever");
}

Test(system, keeps_what_is_tried)
{
    expect_on_machine("osrandom system try 3600; draws; osrandom system status\n"
                      "not osrandom system try 5; osrandom system keep; draws\n"
                      "not osrandom system keep; osrandom system status | grep -c tried: || :",
                      "unless 'osrandom system keep' comes", "a try cannot be kept");
}

Test(system, takes_a_try_back_with_a_shim_that_ends_every_program)
{
    /* the only programs that can be waited for then are those that run already */
    expect_on_machine("osrandom system try 3\n"
                      "waiting=; for i in $(seq 60); do sleep $i & waiting=\"$waiting $!\"; done\n"
                      "cp $BOX/crash.so $shim.new; mv $shim.new $shim\n"
                      "not /bin/true\n"
                      "for one in $waiting; do [ ! -L $preset ] || wait $one; done\n"
                      "/bin/true; not [ -e $link ]; echo 'it is back'",
                      "it is back", "what takes it back needs a program that does not start");
}

/* ---- A boot ---- */

Test(system, is_held_back_after_a_boot_that_was_never_complete)
{
    expect_on_machine("osrandom system on\n"
                      "rm -r /run/osrandom; osrandom system boot; osrandom system booted\n"
                      "rm -r /run/osrandom; osrandom system boot; draws; osrandom system status\n"
                      "rm -r /run/osrandom; not osrandom system boot 2>&1; not draws\n"
                      "osrandom system on; draws\n"
                      "rm -r /run/osrandom; osrandom system boot; draws",
                      "is held back", "a machine that hangs with the shim hangs at each boot");
}

Test(system, does_not_boot_with_a_shim_that_crashes)
{
    expect_on_machine("osrandom system on; rm -r /run/osrandom; replace crash.so\n"
                      "not osrandom system boot 2>&1; /bin/true; not [ -e $link ]; [ -L $preset ]",
                      "the machine boots without the shim", "no reboot recovers");
}

/* ---- Words ---- */

Test(system, says_what_it_does_not_understand)
{
    struct outcome outcome = shell("for words in '' bogus try 'try 0' 'try x' 'on off' 'try -5' "
                                   "'on --bogus'; do\n"
                                   "    status=0; \"$OSRANDOM\" system $words || status=$?\n"
                                   "    [ $status = 125 ]; done",
                                   NULL);

    expect(&outcome, 0, "", "osrandom system: 'bogus' is not one of check, on",
           "a mistyped word switches something");
    outcome_free(&outcome);
}

Test(system, takes_root)
{
    struct outcome outcome;

    if (geteuid() != 0)
        cr_skip_test("only root can become somebody else");
    outcome = on_machine("dpkg -i $DEBS >/dev/null; for verb in check on 'try 5' keep off; do\n"
                         "if setpriv --reuid=65534 --regid=65534 --clear-groups osrandom system "
                         "$verb; then exit 1; fi; done");
    expect(&outcome, 0, NULL, "that takes root", "anyone can switch");
    outcome_free(&outcome);
}
