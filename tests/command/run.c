/*
 * osrandom run: what the program then finds, and what is refused.
 */
#include <criterion/criterion.h>
#include <elf.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "ledger.h"
#include "words.h"

TestSuite(run, .fini = clean_up);

/* ---- The program that it becomes ---- */

Test(run, has_the_program_draw_from_the_operating_system)
{
    struct ledger *ledger = ledger_new();
    const char *env[] = {ledger->env, NULL};
    const char *command = copy_of(built("osrandom"), "osrandom", 0755);
    struct outcome outcome;

    copy_of(the_ledger_shim(), "libosrandom_preload.so", 0644);
    outcome = run_words(NULL, NULL, env, command, "run", "openssl", "rand", "-hex", "16", NULL);
    expect(&outcome, 0, NULL, "", "the program does not run");
    cr_expect(ledger_holds_hex(ledger, outcome.out),
              "the program's bytes are not those of the shim beside osrandom: %s", outcome.out);
    outcome_free(&outcome);
    ledger_free(ledger);
}

Test(run, puts_the_shim_in_front_once)
{
    const char *preload =
        text_format("%s libm.so.6:/elsewhere/libosrandom_preload.so:libdl.so.2", the_shim());
    const char *env[] = {text_format("LD_PRELOAD=%s", preload), NULL};
    struct outcome outcome = osrandom(env, "run", "env", NULL);
    char *value = outcome_value(&outcome, "LD_PRELOAD");

    cr_assert(value, "%s", outcome.err);
    cr_expect_str_eq(value, text_format("%s:libm.so.6:libdl.so.2", the_shim()),
                     "what was preloaded already is lost, or the shim is there twice: %s", value);
    outcome_free(&outcome);
}

Test(run, leaves_no_process_of_its_own)
{
    struct outcome outcome =
        shell("echo $$; exec \"$OSRANDOM\" run sh -c 'echo $$; kill -TERM $$'", NULL);
    int before = 0, after = 0;

    cr_expect(sscanf(outcome.out, "%d\n%d", &before, &after) == 2 && before == after,
              "signals and waits meant for the program go to another process: %s", outcome.out);
    cr_expect_eq(outcome.signal, SIGTERM, "the program's end is not seen as its own");
    outcome_free(&outcome);
}

Test(run, can_be_process_1)
{
    struct outcome outcome = shell(
        "exec unshare --pid --fork --kill-child \"$OSRANDOM\" run sh -c 'echo process $$'", NULL);

    if (outcome.exit_code == 1 && strstr(outcome.err, "unshare"))
        cr_skip_test("no PID namespace can be made here");
    expect(&outcome, 0, "process 1\n", "", "it is no entrypoint of a container");
    outcome_free(&outcome);
}

Test(run, hands_over_arguments_as_they_are)
{
    struct outcome outcome =
        osrandom(NULL, "run", "--mode", "activate", "printf", "<%s>", "--mode", "a b", "", NULL);

    expect(&outcome, 0, "<--mode><a b><>", "", "the program's own options are taken away");
    outcome_free(&outcome);
    outcome = osrandom(NULL, "run", "--", "printf", "--", "x", NULL);
    expect(&outcome, 0, "x", "", "'--' does not end osrandom's options");
    outcome_free(&outcome);
}

Test(run, ends_as_the_program_does)
{
    struct outcome outcome = osrandom(NULL, "run", "sh", "-c", "exit 42", NULL);

    expect(&outcome, 42, "", "", "the program's exit status is lost");
    outcome_free(&outcome);
}

/* ---- Settings ---- */

static const struct {
    const char *option, *variable, *values;
} settings[] = {
    {"--mode", "OSRANDOM_MODE", "activate, register, builtin, reseed"},
    {"--source", "OSRANDOM_SOURCE", "auto, vdso, getrandom, getentropy, urandom"},
    {"--on-swap", "OSRANDOM_ON_SWAP", "keep, fail, abort, allow"},
    {"--on-replace", "OSRANDOM_ON_REPLACE", "ignore, fail, abort, allow"},
    {"--on-failure", "OSRANDOM_ON_FAILURE", "error, abort"},
    {"--log", "OSRANDOM_LOG", "warn, quiet, info"},
};

enum { SETTINGS = sizeof(settings) / sizeof(settings[0]) };

Test(run, sets_every_setting)
{
    struct outcome outcome =
        osrandom(NULL, "run", "--mode=builtin", "--source", "urandom", "--on-replace=fail",
                 "--on-failure=abort", "--log=info", "env", NULL);

    expect(&outcome, 0, "OSRANDOM_MODE=builtin\n", "", "--mode is lost");
    expect(&outcome, 0, "OSRANDOM_SOURCE=urandom\n", NULL, "--source is lost");
    expect(&outcome, 0, "OSRANDOM_ON_REPLACE=fail\n", NULL, "--on-replace is lost");
    expect(&outcome, 0, "OSRANDOM_ON_FAILURE=abort\n", NULL, "--on-failure is lost");
    expect(&outcome, 0, "OSRANDOM_LOG=info\n", NULL, "--log is lost");
    outcome_free(&outcome);
}

Test(run, refuses_values_that_the_shim_does_not_know_and_no_others)
{
    for (size_t i = 0; i < SETTINGS; i++) {
        const char *env[] = {text_format("%s=bogus", settings[i].variable), NULL};
        struct outcome refused =
            osrandom(NULL, "run", settings[i].option, "bogus", "echo", "started", NULL);
        struct outcome said = run_words(the_shim(), NULL, env, "openssl", "rand", "1", NULL);
        char *list = text_format("%s", settings[i].values);

        expect(&refused, 125, "", text_format("accepted: %s\n", list),
               "a mistyped setting goes unnoticed");
        for (char *comma; (comma = strstr(list, ", "));)
            memmove(comma, comma + 1, strlen(comma));
        cr_expect(strstr(said.err, text_format("accepted: %s", list)),
                  "the command and the shim accept different values of %s: %s",
                  settings[i].variable, said.err);
        outcome_free(&refused);
        outcome_free(&said);
    }
}

/* ---- Bad input ---- */

Test(run, says_125_of_itself_126_and_127_of_the_program)
{
    const char *text = file_of("text", "no program\n", 0644);
    struct outcome outcome = osrandom(NULL, "run", NULL);

    expect(&outcome, 125, "", "osrandom run: which program?", "no program is no error");
    outcome_free(&outcome);
    outcome = osrandom(NULL, "run", "--bogus", "true", NULL);
    expect(&outcome, 125, "", "--bogus is no option", "an unknown option is no error");
    outcome_free(&outcome);
    outcome = osrandom(NULL, "run", "-x", "true", NULL);
    expect(&outcome, 125, "", "no option -x", "an unknown letter is no error");
    outcome_free(&outcome);
    outcome = osrandom(NULL, "run", "--mode", NULL);
    expect(&outcome, 125, "", "--mode takes a value", "a missing value is no error");
    outcome_free(&outcome);
    outcome = osrandom(NULL, "run", text, NULL);
    expect(&outcome, 126, "", "Permission denied", "126 does not tell what cannot be started");
    outcome_free(&outcome);
    outcome = osrandom(NULL, "run", "no-such-program-anywhere", NULL);
    expect(&outcome, 127, "", "No such file", "127 does not tell what is not found");
    outcome_free(&outcome);
}

Test(run, says_where_it_looked_for_the_shim)
{
    const char *command = copy_of(built("osrandom"), "osrandom", 0755);
    struct outcome outcome = run_words(NULL, NULL, NULL, command, "run", "echo", "started", NULL);

    if (outcome.exit_code == 0)
        cr_skip_test("a shim is installed on this machine");
    expect(&outcome, 125, "", "libosrandom_preload.so is neither beside osrandom nor in /",
           "a program is started without the shim");
    outcome_free(&outcome);
}

Test(run, refuses_a_shim_that_the_loader_cannot_be_told_of)
{
    const char *name = "with blank";
    const char *command;
    struct outcome outcome;

    cr_assert_eq(mkdir(text_format("%s/%s", directory(), name), 0755), 0);
    command = copy_of(built("osrandom"), "with blank/osrandom", 0755);
    copy_of(the_shim(), "with blank/libosrandom_preload.so", 0644);
    outcome = run_words(NULL, NULL, NULL, command, "run", "echo", "started", NULL);
    expect(&outcome, 125, "", "as separators",
           "the loader would cut the path in two and start without the shim");
    outcome_free(&outcome);
}

Test(run, escapes_control_bytes_in_what_it_says)
{
    struct outcome outcome = osrandom(NULL, "run", "no\033[31msuch", NULL);

    expect(&outcome, 127, "", "no\\x1b[31msuch", "a name can write to the terminal");
    outcome_free(&outcome);
}

/* A shim that is there for each word size, by one name. */
Test(run, keeps_a_shim_that_fits_each_program)
{
    struct outcome outcome =
        shell("lib=$(sed -n 's/^\\(\\/usr\\)*\\/\\(.*\\)\\/libc\\.so\\.6.*/\\2/p' <<END\n"
              "$(ldd /bin/true | grep -o '/.*libc.so.6')\nEND\n)\n"
              "mkdir -p \"$1/$lib\"; cp \"$SHIM\" \"$1/$lib\"\n"
              "export LD_PRELOAD=\"libm.so.6:$1/\\$LIB/libosrandom_preload.so\"\n"
              "\"$OSRANDOM\" run env | sed -n 's/^LD_PRELOAD=//p'\n"
              "rm \"$1/$lib/libosrandom_preload.so\"; \"$OSRANDOM\" run env 2>/dev/null |\n"
              "    sed -n 's/^LD_PRELOAD=//p'",
              directory(), NULL);

    expect(&outcome, 0,
           text_format("%s/$LIB/libosrandom_preload.so:libm.so.6\n%s:libm.so.6\n", directory(),
                       the_shim()),
           NULL, "programs of another word size lose their shim, or one that is gone is kept");
    outcome_free(&outcome);
}

Test(run, finds_the_shim_of_a_prefix_that_was_moved)
{
    struct outcome outcome =
        shell("mkdir -p \"$1/moved/bin\" \"$1/moved/lib\"; cp \"$SHIM\" \"$1/moved/lib\"\n"
              "cp \"$OSRANDOM\" \"$1/moved/bin\"; ln -s moved/bin/osrandom \"$1/osrandom\"\n"
              "\"$1/osrandom\" run env | sed -n 's/^LD_PRELOAD=//p'",
              directory(), NULL);

    expect(&outcome, 0, text_format("%s/moved/lib/libosrandom_preload.so\n", directory()), "",
           "the shim that was moved along is not found");
    outcome_free(&outcome);
}

/* ---- --require ---- */

static void expect_refused(const char *program, const char *why)
{
    struct outcome outcome = osrandom(NULL, "run", "--require", program, NULL);

    expect(&outcome, 125, "", why, "a program that cannot be covered is started all the same");
    outcome_free(&outcome);
}

Test(run, require_starts_what_is_covered_and_says_nothing)
{
    struct outcome outcome =
        osrandom(NULL, "run", "--require", "openssl", "rand", "-hex", "2", NULL);

    expect(&outcome, 0, NULL, "", "a program that is covered is refused or doubted");
    outcome_free(&outcome);
}

Test(run, require_refuses_a_mode_that_leaves_openssl_alone)
{
    static const char *const modes[][2] = {
        {"--mode=builtin", "OSRANDOM_MODE=builtin"},
        {"--mode=register", "OSRANDOM_MODE=register"},
        {"--mode=reseed", "OSRANDOM_MODE=reseed"},
    };

    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        struct outcome outcome =
            osrandom(NULL, "run", "--require", modes[i][0], "openssl", "rand", "2", NULL);

        expect(&outcome, 125, "", modes[i][1], "a program that is not covered is started");
        outcome_free(&outcome);
    }
}

Test(run, require_refuses_what_is_static)
{
    expect_refused(built("tests/command/static"), "it is static");
    expect_refused(file_of("script", text_format("#!%s\n", built("tests/command/static")), 0755),
                   "it is static");
}

Test(run, require_refuses_a_hidden_copy)
{
    const char *path = copy_of(built("probes/openssl-3.0/static_hidden"), "stripped", 0755);
    struct outcome outcome = run_words(NULL, NULL, NULL, "strip", path, NULL);

    cr_assert_eq(outcome.exit_code, 0, "%s", outcome.err);
    outcome_free(&outcome);
    expect_refused(path, "hidden");
}

Test(run, require_refuses_another_architecture)
{
    const char *path = copy_of("/bin/true", "foreign", 0755);
    const Elf64_Half machine = EM_S390;
    int file = open(path, O_WRONLY | O_CLOEXEC);

    cr_assert_eq(pwrite(file, &machine, sizeof(machine), offsetof(Elf64_Ehdr, e_machine)), 2);
    close(file);
    expect_refused(path, "another architecture");
}

Test(run, require_refuses_set_user_id_unless_it_is_the_users_own)
{
    const char *path = copy_of("/bin/true", "set-user-id", 0755);
    struct outcome outcome;

    cr_assert_eq(chmod(path, 04755), 0);
    outcome = osrandom(NULL, "run", "--require", path, NULL);
    expect(&outcome, 0, "", "", "a program that gains nothing is refused");
    outcome_free(&outcome);
    if (geteuid() != 0)
        cr_skip_test("only root can make a program set-user-ID for another user");
    cr_assert_eq(chown(path, 65534, 65534), 0);
    cr_assert_eq(chmod(path, 04755), 0);
    expect_refused(path, "set-user-ID");
}

Test(run, require_refuses_file_capabilities)
{
    /* struct vfs_cap_data of version 2, CAP_NET_RAW permitted and effective */
    static const unsigned char capability[20] = {1, 0, 0, 2, 0, 0x20};
    const char *path = copy_of("/bin/true", "capable", 0755);
    struct outcome outcome;

    if (geteuid() != 0 ||
        setxattr(path, "security.capability", capability, sizeof(capability), 0) != 0)
        cr_skip_test("no capability can be given to a file here");
    copy_of(built("osrandom"), "osrandom", 0755);
    copy_of(the_shim(), "libosrandom_preload.so", 0644);
    outcome = shell("cd \"$1\" && exec setpriv --reuid=65534 --regid=65534 --clear-groups "
                    "./osrandom run --require ./capable",
                    directory(), NULL);
    expect(&outcome, 125, "", "file capabilities",
           "a program that ignores LD_PRELOAD is started all the same");
    outcome_free(&outcome);
}

Test(run, require_starts_a_script_and_says_that_it_cannot_tell)
{
    const char *script = file_of("script", "#!/bin/bash\necho ran\n", 0755);
    struct outcome outcome = osrandom(NULL, "run", "--require", script, NULL);

    expect(&outcome, 0, "ran\n", "cannot be told beforehand",
           "what cannot be told is refused, or not said");
    outcome_free(&outcome);
}

Test(run, require_is_not_silent_of_what_takes_the_shim_away)
{
    const char *shell_script = file_of("script", "#!/bin/sh\nexec env -u LD_PRELOAD true\n", 0755);
    const char *line = file_of("line", "#!/usr/bin/env -S LD_PRELOAD= true\n", 0755);
    struct outcome outcome = osrandom(NULL, "run", "--require", shell_script, NULL);

    expect(&outcome, 0, "", "cannot be told beforehand", "a wrapper is taken for its shell");
    outcome_free(&outcome);
    outcome = osrandom(NULL, "run", "--strict", shell_script, NULL);
    expect(&outcome, 125, "", "is not started", "--strict starts what cannot be told");
    outcome_free(&outcome);
    outcome = osrandom(NULL, "run", "--require", "env", "-u", "LD_PRELOAD", "true", NULL);
    expect(&outcome, 0, "", "cannot be told beforehand", "env is taken for what it starts");
    outcome_free(&outcome);
    expect_refused(line, "takes LD_PRELOAD away");
}

Test(run, strict_starts_what_is_covered)
{
    struct outcome outcome = osrandom(NULL, "run", "--strict", "openssl", "rand", "2", NULL);

    expect(&outcome, 0, NULL, "", "a program that is covered is refused");
    outcome_free(&outcome);
}
