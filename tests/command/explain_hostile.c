/*
 * osrandom explain on files whose owner wants to hold it up, bring it down, or write to a terminal.
 */
#include <criterion/criterion.h>
#include <jansson.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "told.h"

TestSuite(explain_hostile, .fini = clean_up);

static struct outcome meddled(const char *file, const char *fifo)
{
    const char *env[] = {text_format("MEDDLE_FILE=%s", file),
                         fifo ? text_format("MEDDLE_FIFO=%s", fifo) : NULL, NULL};
    const char *const words[] = {built("osrandom"), "explain", file, built("tests/command/writes"),
                                 NULL};
    const struct command command = {
        .argv = words, .env = env, .preload = built("tests/command/meddles.so"), .seconds = 20};

    return run(&command);
}

Test(explain_hostile, a_pipe_in_a_files_place_is_not_waited_for)
{
    const char *file = copy_of("/bin/true", "file", 0755);
    const char *fifo = text_format("%s/fifo", directory());
    struct outcome outcome;

    cr_assert_eq(mkfifo(fifo, 0644), 0);
    outcome = meddled(file, fifo);
    cr_expect(!outcome.timed_out, "it waits for ever for a writer");
    expect(&outcome, 2, "/writes: no OpenSSL", "cannot be read", "the other program is lost");
    outcome_free(&outcome);
}

Test(explain_hostile, a_file_that_brings_it_down_is_only_one)
{
    struct outcome outcome = meddled(copy_of("/bin/true", "file", 0755), NULL);

    expect(&outcome, 2, "/file: cannot tell\n  because: looking at its files failed\n", "",
           "one file ends the whole answer");
    expect(&outcome, 2, "/writes: no OpenSSL", "", "the programs behind it are lost");
    outcome_free(&outcome);
}

Test(explain_hostile, a_file_of_a_terabyte_is_not_read)
{
    const char *path = copy_of("/bin/true", "large", 0755);

    if (truncate64(path, (off64_t)1 << 40) != 0)
        cr_skip_test("the file system has no such files");
    expect_told(NULL, path, 2, "cannot tell", "it is larger than what is looked at");
}

/* What is not there of a file is not searched. */
Test(explain_hostile, holes_are_passed_over)
{
    const char *path = copy_of(built("tests/command/by_rpath"), "holes", 0755);
    struct outcome outcome;

    if (truncate(path, (off_t)1 << 30) != 0)
        cr_skip_test("the file system has no such files");
    outcome = shell("ulimit -t 2; exec \"$OSRANDOM\" explain \"$1\"", path, NULL);
    expect(&outcome, 2, "libalike.so was not found", "", "it searches a gigabyte of nothing");
    outcome_free(&outcome);
}

Test(explain_hostile, a_configuration_that_includes_itself_ends)
{
    struct outcome outcome =
        shell("exec unshare --mount sh -euc '\n"
              "mkdir -p \"$1/upper\"; mount -t tmpfs tmpfs \"$1/upper\" || exit 99\n"
              "cd \"$1/upper\"; mkdir u w\n"
              "mount -t overlay -o lowerdir=/etc,upperdir=u,workdir=w overlay /etc || exit 99\n"
              "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do\n"
              "    echo include /etc/ld.so.conf.d/\\*.conf >/etc/ld.so.conf.d/$i.conf; done\n"
              "ulimit -t 20; exec \"$OSRANDOM\".static explain /bin/cat' sh \"$1\"",
              directory(), NULL);

    if (outcome.exit_code == 99 || strstr(outcome.err, "unshare:"))
        cr_skip_test("no view of /etc can be made here");
    expect(&outcome, 0, "no OpenSSL", "", "it reads 20 files 20 to the seventh times");
    outcome_free(&outcome);
}

Test(explain_hostile, names_cannot_write_to_the_terminal)
{
    static const char name[] = "a\x9b"
                               "31m\xc2\x9b\xe2\x80\xae\x1b[m";
    const char *path = copy_of("/bin/cat", name, 0755);
    const char *const asked[] = {path, text_format("%s-not", path)};

    for (size_t i = 0; i < 2; i++) {
        struct outcome outcome = osrandom(NULL, "explain", asked[i], NULL);
        const char *said = *outcome.out ? outcome.out : outcome.err;

        cr_expect(strstr(said, "a\\x9b31m\\xc2\\x9b\\xe2\\x80\\xae\\x1b[m"), "%s", said);
        for (; *said; said++)
            cr_assert(*said == '\n' || (*said >= ' ' && *said < 0x7f),
                      "a byte %02x goes to the terminal", (unsigned char)*said);
        outcome_free(&outcome);
    }
}

/* ---- JSON ---- */

static json_t *next_object(char **out)
{
    char *line = strsep(out, "\n");
    json_t *object = json_loads(line, 0, NULL);

    cr_assert(object, "no JSON: %s", line);
    return object;
}

static void expect_member(const json_t *object, const char *key, const char *value)
{
    const char *text = json_string_value(json_object_get(object, key));

    cr_expect_str_eq(text ? text : "(null)", value, "%s is %s", key, text ? text : "(null)");
}

Test(explain_hostile, json_is_whole_whatever_the_name)
{
    const char *script = file_of("script\xff\"\n", "#!/bin/sh\n", 0755);
    struct outcome outcome = osrandom(NULL, "explain", "--json", "openssl", script,
                                      built("tests/command/static"), "/no/such/program", NULL);
    char *out = outcome.out;
    json_t *objects[4];

    cr_expect_eq(outcome.exit_code, 1);
    for (size_t i = 0; i < 4; i++)
        objects[i] = next_object(&out);
    expect_member(objects[0], "verdict", "covered");
    expect_member(objects[0], "why", "(null)");
    cr_expect(json_array_size(json_object_get(objects[0], "facts")) > 0);
    expect_member(objects[1], "verdict", "unknown");
    expect_member(objects[1], "interpreter", "/bin/sh");
    expect_member(objects[1], "program", text_format("%s/script\\xff\"\\x0a", directory()));
    expect_member(objects[2], "verdict", "uncovered");
    expect_member(objects[2], "remedy", "linking it dynamically");
    expect_member(objects[3], "verdict", "unknown");
    expect_member(objects[3], "program", "/no/such/program");
    for (size_t i = 0; i < 4; i++)
        json_decref(objects[i]);
    outcome_free(&outcome);
}
