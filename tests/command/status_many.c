/*
 * osrandom status: its table and its manners.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "held.h"
#include "json.h"
#include "words.h"

TestSuite(status_many, .fini = clean_up);

Test(status_many, lists_those_with_openssl_and_with_all_the_others_too)
{
    struct held held = held_with(the_shim(), "draw");
    const char *words[] = {"sh", "-c", "echo ready; read line", NULL};
    struct held plain = held_start(NULL, words);
    const char *row = text_format("%7d held", (int)held.pid);
    const char *plain_row = text_format("\n%7d ", (int)plain.pid);
    struct outcome outcome = osrandom(NULL, "status", NULL);

    cr_expect(strstr(outcome.out, row), "a process is missing: %s", outcome.out);
    cr_expect(!strstr(outcome.out, plain_row), "a process without OpenSSL is listed");
    outcome_free(&outcome);
    outcome = osrandom(NULL, "status", "--all", NULL);
    cr_expect(strstr(outcome.out, row) && strstr(outcome.out, plain_row),
              "--all leaves some out: %s", outcome.out);
    outcome_free(&outcome);
    held_end(&held);
    held_end(&plain);
}

Test(status_many, is_1_if_one_of_several_is_not_covered)
{
    struct held one = held_with(the_shim(), "draw");
    struct held other = held_with(NULL, "draw");
    struct outcome outcome = osrandom(NULL, "status", one.text, other.text, NULL);

    expect(&outcome, 1, "2 processes with OpenSSL: 1 covered, 1 not\n", "",
           "one that is not covered is lost among others");
    outcome_free(&outcome);
    held_end(&one);
    held_end(&other);
}

Test(status_many, fits_eighty_columns_and_lets_no_control_bytes_through)
{
    const char *env[] = {text_format("LD_PRELOAD=%s", the_shim()), "OSRANDOM_MODE=register", NULL};
    const char *words[] = {
        copy_of(built("tests/command/held"), "\033[31m\302\233long-name-of-a-program", 0755),
        "draw", NULL};
    const char *narrow[] = {"COLUMNS=80", NULL};
    struct held held = held_start(env, words);
    struct outcome outcome = osrandom(narrow, "status", held.text, NULL);
    json_t *object;

    for (const char *line = outcome.out; *line; line += strcspn(line, "\n") + 1)
        cr_expect(strcspn(line, "\n") <= 80, "too long: %.*s", (int)strcspn(line, "\n"), line);
    for (const char *c = outcome.out; *c; c++)
        cr_expect(*c == '\n' || (*c >= ' ' && *c < 0x7f), "byte %02x reaches the terminal", *c);
    outcome_free(&outcome);
    object = object_of(&held, 1);
    cr_expect(strstr(text_in(object, "program"), "long-name-of-a-program"));
    json_decref(object);
    held_end(&held);
}

Test(status_many, survives_processes_that_vanish)
{
    struct outcome outcome =
        shell("(i=0; while [ $i -lt 150 ]; do /bin/true; i=$((i + 1)); done) & storm=$!\n"
              "while kill -0 $storm 2>/dev/null; do\n"
              "    status=0; \"$OSRANDOM\" status --all --program true >\"$1/out\" || status=$?\n"
              "    [ $status -le 2 ] && ! grep -E 'trouble|gone' \"$1/out\"\n"
              "done",
              directory(), NULL);

    expect(&outcome, 0, "", "", "a process that ends meanwhile is trouble");
    outcome_free(&outcome);
}

/* A file on a file system that does not answer holds up whoever reads from it. */
Test(status_many, gives_up_on_a_process_whose_files_do_not_answer)
{
    struct held held = held_with(the_shim(), "draw");
    const char *words[] = {built("osrandom"), "status", held.text, NULL};
    struct outcome outcome =
        run(&(struct command){.argv = words, .preload = built("tests/command/silent.so")});

    expect(&outcome, 2, "took too long", "", "one process holds up the whole monitor");
    outcome_free(&outcome);
    held_end(&held);
}

Test(status_many, looks_again_and_again_when_watching)
{
    struct held held = held_with(the_shim(), "draw");
    const char *words[] = {built("osrandom"), "status", "--watch=0.1", held.text, NULL};
    struct held watch = held_start(NULL, words);
    char line[256];
    int summaries = 0;

    for (int i = 0; i < 100 && summaries < 3 && held_line(&watch, line, sizeof(line)); i++)
        summaries += strstr(line, "1 process with OpenSSL: 1 covered") != NULL;
    cr_expect_eq(summaries, 3, "--watch looked %d times", summaries);
    held_end(&watch);
    held_end(&held);
}

Test(status_many, refuses_bad_input)
{
    struct outcome outcome = osrandom(NULL, "status", "--watch=0", NULL);

    expect(&outcome, 125, "", "--watch=0 is no number of seconds", "a busy loop is possible");
    outcome_free(&outcome);
    outcome = osrandom(NULL, "status", "12x", NULL);
    expect(&outcome, 125, "", "12x is no process number", "a mistyped number is no error");
    outcome_free(&outcome);
    outcome = osrandom(NULL, "status", "--", "-1", NULL);
    expect(&outcome, 125, "", "-1 is no process number", "a negative number is no error");
    outcome_free(&outcome);
    outcome = osrandom(NULL, "status", "--all", "1", NULL);
    expect(&outcome, 125, "", "exclude each other", "contradictory wishes are no error");
    outcome_free(&outcome);
    outcome = osrandom(NULL, "status", "--bogus", NULL);
    expect(&outcome, 125, "", "--bogus is no option", "an unknown option is no error");
    outcome_free(&outcome);
}
