/*
 * The command as a whole: what is the same in all subcommands.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "words.h"

static const char *const subcommands[] = {"run", "explain", "status", "reseed",
                                          "oci", "system",  "bench"};

enum { SUBCOMMANDS = sizeof(subcommands) / sizeof(subcommands[0]) };

Test(command, lists_its_subcommands)
{
    struct outcome outcome = osrandom(NULL, "--help", NULL);

    for (size_t i = 0; i < SUBCOMMANDS; i++)
        expect(&outcome, 0, text_format("\n  %s ", subcommands[i]), "",
               "a subcommand is not to be found");
    outcome_free(&outcome);
}

Test(command, helps_and_tells_its_version_everywhere)
{
    struct outcome version = osrandom(NULL, "--version", NULL);

    expect(&version, 0, "osrandom 0.", "", "--version fails");
    for (size_t i = 0; i < SUBCOMMANDS; i++) {
        struct outcome help = osrandom(NULL, subcommands[i], "--help", NULL);
        struct outcome same = osrandom(NULL, subcommands[i], "--version", NULL);

        expect(&help, 0, text_format("Usage: osrandom %s ", subcommands[i]), "", "--help fails");
        expect(&same, 0, version.out, "", "--version differs");
        outcome_free(&help);
        outcome_free(&same);
    }
    outcome_free(&version);
}

Test(command, fits_its_help_on_a_terminal)
{
    for (size_t i = 0; i <= SUBCOMMANDS; i++) {
        struct outcome help = i < SUBCOMMANDS ? osrandom(NULL, subcommands[i], "--help", NULL)
                                              : osrandom(NULL, "--help", NULL);

        for (const char *line = help.out; *line; line += strcspn(line, "\n") + 1)
            cr_expect(strcspn(line, "\n") <= 90, "too long: %.*s", (int)strcspn(line, "\n"), line);
        outcome_free(&help);
    }
}

Test(command, says_what_it_does_not_know)
{
    struct outcome outcome = osrandom(NULL, "bogus", NULL);

    expect(&outcome, 125, "", "osrandom: 'bogus' is no subcommand", "a mistyped word is no error");
    outcome_free(&outcome);
    outcome = osrandom(NULL, NULL);
    expect(&outcome, 125, "", "osrandom: what shall it do?", "no subcommand is no error");
    outcome_free(&outcome);
}

Test(command, says_that_its_answer_was_lost)
{
    struct outcome outcome =
        shell("for word in --help --version 'explain openssl'; do "
              "status=0; \"$OSRANDOM\" $word >/dev/full || status=$?; [ $status = 125 ]; done",
              NULL);

    expect(&outcome, 0, "", "cannot write the answer", "a full disk looks like success");
    outcome_free(&outcome);
}
