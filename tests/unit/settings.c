/*
 * OSRANDOM_*: each value, and what an operator is told about one that is none.
 */
#include "settings.h"

#include <criterion/criterion.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "random.h"
#include "report.h"
#include "spawn.h"
#include "stderr_pipe.h"
#include "trees.h"

TestSuite(settings, .timeout = 120);

static const struct variable {
    const char *name;
    const char *values[6];
    const char *accepted;
    size_t offset;
} variables[] = {
    {"OSRANDOM_MODE",
     {"activate", "register", "builtin", "reseed"},
     "activate register builtin reseed ",
     offsetof(struct settings, mode)},
    {"OSRANDOM_SOURCE",
     {"auto", "vdso", "getrandom", "getentropy", "urandom"},
     "auto vdso getrandom getentropy urandom ",
     offsetof(struct settings, source)},
    {"OSRANDOM_ON_SWAP",
     {"keep", "fail", "abort", "allow"},
     "keep fail abort allow ",
     offsetof(struct settings, on_replace)},
    {"OSRANDOM_ON_REPLACE",
     {"ignore", "fail", "abort", "allow"},
     "ignore fail abort allow ",
     offsetof(struct settings, on_replace)},
    {"OSRANDOM_ON_FAILURE",
     {"error", "abort"},
     "error abort ",
     offsetof(struct settings, on_failure)},
    {"OSRANDOM_LOG", {"warn", "quiet", "info"}, "warn quiet info ", offsetof(struct settings, log)},
};

enum { VARIABLES = sizeof(variables) / sizeof(variables[0]) };

/* What a process of its own made of its environment. */
struct reading {
    pid_t process;
    struct settings settings;
    const char *said;
};

static struct settings *shared_settings(void)
{
    static void *memory;

    if (!memory)
        memory = mmap(NULL, sizeof(struct settings), PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    cr_assert(memory != MAP_FAILED);
    return memory;
}

/* Reads an environment of these pairs of name and value. */
static struct reading read_pairs(const char *const *pairs)
{
    int reader = stderr_pipe();
    struct settings *in_child = shared_settings();
    struct reading reading;
    int status = -1;

    reading.process = fork();
    if (reading.process == 0) {
        clearenv();
        for (; *pairs; pairs += 2)
            setenv(pairs[0], pairs[1], 1);
        settings_read();
        report_start();
        clearenv();
        settings_report();
        settings_report();
        *in_child = settings;
        _exit(0);
    }
    cr_assert(waitpid(reading.process, &status, 0) == reading.process && status == 0);
    reading.settings = *in_child;
    reading.said = pipe_text(reader);
    close(reader);
    return reading;
}

static struct reading read_one(const char *name, const char *value)
{
    const char *const pairs[] = {name, value, NULL};

    return read_pairs(pairs);
}

static unsigned int value_in(const struct reading *reading, const struct variable *variable)
{
    return *(const unsigned int *)((const char *)&reading->settings + variable->offset);
}

Test(settings, take_every_value_that_is_documented)
{
    for (size_t i = 0; i < VARIABLES; i++) {
        const struct variable *variable = &variables[i];

        for (unsigned int value = 0; variable->values[value]; value++) {
            struct reading reading = read_one(variable->name, variable->values[value]);

            cr_assert(value_in(&reading, variable) == value, "%s=%s is taken for %s",
                      variable->name, variable->values[value],
                      variable->values[value_in(&reading, variable)]);
            cr_assert_str_eq(reading.said, "");
        }
    }
}

Test(settings, are_numbered_as_their_enums)
{
    cr_assert(MODE_RESEED == 3 && REPLACE_ALLOW == 3 && FAILURE_ABORT == 1 && LOG_INFO == 2 &&
              RANDOM_URANDOM == 4);
}

static void are_the_defaults(const struct reading *reading)
{
    cr_assert(reading->settings.mode == MODE_ACTIVATE && reading->settings.source == RANDOM_AUTO &&
              reading->settings.on_replace == REPLACE_IGNORE &&
              reading->settings.on_failure == FAILURE_ERROR && reading->settings.log == LOG_WARN);
    cr_assert_str_eq(reading->said, "");
}

Test(settings, that_are_not_given_are_the_defaults)
{
    struct reading reading = read_pairs((const char *[]){NULL});

    are_the_defaults(&reading);
}

Test(settings, that_are_empty_are_the_defaults)
{
    for (size_t i = 0; i < VARIABLES; i++) {
        struct reading reading = read_one(variables[i].name, "");

        are_the_defaults(&reading);
    }
}

/* It is told in one line with the accepted values, once, and the default holds. */
static void is_unknown(const struct variable *variable, const char *value)
{
    struct reading reading = read_one(variable->name, value);
    char wanted[512];

    snprintf(wanted, sizeof(wanted), "%s%s=%s is not known; accepted: %s(the first is used)\n",
             line_start(reading.process), variable->name, value, variable->accepted);
    cr_expect_str_eq(reading.said, wanted, "of %s=\"%s\" an operator is told \"%s\"",
                     variable->name, value, reading.said);
    cr_expect(value_in(&reading, variable) == 0, "%s=\"%s\" is taken for number %u", variable->name,
              value, value_in(&reading, variable));
}

/* A pattern for one of the accepted values. */
static void are_unknown(const char *before, const char *behind)
{
    for (size_t i = 0; i < VARIABLES; i++)
        for (size_t value = 0; variables[i].values[value]; value++) {
            char text[64];

            snprintf(text, sizeof(text), "%s%s%s", before, variables[i].values[value], behind);
            is_unknown(&variables[i], text);
        }
}

Test(settings, that_are_no_accepted_word_are_told)
{
    are_unknown("no", "");
    are_unknown("", "s");
}

Test(settings, with_a_blank_behind_the_value_are_told)
{
    are_unknown("", " ");
}

Test(settings, with_a_blank_before_the_value_are_told)
{
    are_unknown(" ", "");
}

Test(settings, that_name_two_values_are_told)
{
    for (size_t i = 0; i < VARIABLES; i++)
        for (size_t value = 0; variables[i].values[value + 1]; value++) {
            char both[64];

            snprintf(both, sizeof(both), "%s %s", variables[i].values[value],
                     variables[i].values[value + 1]);
            is_unknown(&variables[i], both);
        }
}

Test(settings, that_are_blanks_only_are_told)
{
    for (size_t i = 0; i < VARIABLES; i++) {
        is_unknown(&variables[i], " ");
        is_unknown(&variables[i], "  ");
    }
}

Test(settings, know_no_capitals_and_no_beginnings)
{
    is_unknown(&variables[0], "Activate");
    is_unknown(&variables[0], "REGISTER");
    is_unknown(&variables[1], "get");
    is_unknown(&variables[1], "v");
    is_unknown(&variables[3], "abor");
}

Test(settings, of_any_length_are_told_in_a_line_of_bounded_length)
{
    static char value[100000];
    struct reading reading;

    memset(value, 'x', sizeof(value) - 1);
    reading = read_one("OSRANDOM_SOURCE", value);
    cr_assert(strlen(reading.said) < 200 && strstr(reading.said, "OSRANDOM_SOURCE=xxxxxxxx") &&
                  strstr(reading.said, "accepted: auto vdso getrandom getentropy urandom "),
              "%s", reading.said);
}

Test(settings, with_control_bytes_do_not_reach_a_terminal)
{
    struct reading reading = read_one("OSRANDOM_MODE", "a\n\x1b[2J");

    cr_assert(strstr(reading.said, "OSRANDOM_MODE=a\\x0a\\x1b[2J is not known"), "%s",
              reading.said);
}

Test(settings, are_not_read_out_of_similar_names)
{
    static const char *const names[] = {"OSRANDOM_MOD", "OSRANDOM_MODES", "OSRANDOM",      "OS",
                                        "OSRANDOM_",    "osrandom_mode",  "XOSRANDOM_MODE"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct reading reading = read_one(names[i], "builtin");

        are_the_defaults(&reading);
    }
}

Test(settings, are_all_told_that_are_wrong)
{
    struct reading reading =
        read_pairs((const char *[]){"OSRANDOM_MODE", "wrong", "OSRANDOM_SOURCE", "wrong",
                                    "OSRANDOM_ON_REPLACE", "allow", "OSRANDOM_LOG", "wrong", NULL});
    int lines = 0;

    for (const char *line = reading.said; (line = strchr(line, '\n')); line++)
        lines++;
    cr_assert(lines == 3, "%d lines: %s", lines, reading.said);
    cr_assert(reading.settings.on_replace == REPLACE_ALLOW, "one wrong setting spoils a right one");
}

Test(settings, of_todays_name_count_before_the_one_of_before)
{
    struct reading old = read_one("OSRANDOM_ON_SWAP", "abort");
    struct reading both = read_pairs(
        (const char *[]){"OSRANDOM_ON_REPLACE", "fail", "OSRANDOM_ON_SWAP", "allow", NULL});

    cr_assert(old.settings.on_replace == REPLACE_ABORT, "OSRANDOM_ON_SWAP is no longer accepted");
    cr_assert(both.settings.on_replace == REPLACE_FAIL);
}

Test(settings, that_are_wrong_are_not_told_when_the_log_is_quiet)
{
    struct reading reading =
        read_pairs((const char *[]){"OSRANDOM_MODE", "wrong", "OSRANDOM_LOG", "quiet", NULL});

    cr_assert_str_eq(reading.said, "");
    cr_assert(reading.settings.log == LOG_QUIET);
}

/* A program of root's that anyone may run: the caller's environment has no say in it. */
Test(settings, of_the_caller_are_ignored_in_a_set_user_id_program)
{
    static const char *const env[] = {"OSRANDOM_MODE=builtin", "OSRANDOM_SOURCE=urandom", NULL};
    const char *probe = built("tests/unit/settings_probe");
    char directory[] = "/tmp/osrandom-unit-XXXXXX";
    char program[64], copy[4096];
    struct outcome as_nobody, as_root;

    if (geteuid() != 0)
        cr_skip_test("needs root: a set-user-ID program and another user to run it");
    cr_assert(mkdtemp(directory) && chmod(directory, 0755) == 0);
    snprintf(program, sizeof(program), "%s/settings_probe", directory);
    snprintf(copy, sizeof(copy), "cp %s %s && chmod 4755 %s", probe, program, program);
    cr_assert(system(copy) == 0);
    as_root = run_words(NULL, NULL, env, program, NULL);
    as_nobody =
        run_words(NULL, NULL, env, "setpriv", "--reuid=65534", "--clear-groups", program, NULL);
    unlink(program);
    rmdir(directory);
    cr_assert_str_eq(as_root.out, "secure=0 mode=2 source=4\n", "%s", as_root.err);
    if (strncmp(as_nobody.out, "secure=0", 8) == 0)
        cr_skip_test("needs a /tmp that is mounted without nosuid");
    cr_assert_str_eq(as_nobody.out, "secure=1 mode=0 source=0\n", "%s", as_nobody.err);
    outcome_free(&as_root);
    outcome_free(&as_nobody);
}
