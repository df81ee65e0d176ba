/*
 * platform/windows.c, in a program for Windows: the contract of random.h holds there too.
 */
#include <string.h>

#include "windows.h"

TestSuite(windows, .timeout = 1100);

static void expect_every_length_filled(const char *source)
{
    static const char *const lengths[] = {"0", "1", "16", "255", "256", "257", "65536", "67108864"};
    struct outcome outcome = wine_run(NULL, WORDS(windows_file("draws.exe"), source, "2", "0", "1",
                                                  "16", "255", "256", "257", "65536", "67108864"));

    cr_assert(outcome.exit_code == 0, "%s%s", outcome.out, outcome.err);
    expect_value(&outcome, "start", "0", "the source does not start");
    expect_value(&outcome, "source", source, "the source that was asked for does not serve");
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++)
        expect_value(&outcome, lengths[i], "served", "a draw of this length is no good");
    expect_value(&outcome, "worthless", "0", "draws of several threads repeat");
    expect_value(&outcome, "source at last", source, "the source was given up");
    cr_expect(!strstr(outcome.out, "notice="), "an operator is told of trouble that is none: %s",
              outcome.out);
    outcome_free(&outcome);
}

Test(windows, bcryptgenrandom_fills_every_length_whole)
{
    expect_every_length_filled("bcrypt");
}

Test(windows, cryptgenrandom_fills_every_length_whole)
{
    expect_every_length_filled("cryptgenrandom");
}

Test(windows, auto_is_bcryptgenrandom)
{
    struct outcome outcome = wine_run(NULL, WORDS(windows_file("draws.exe"), "auto", "1"));

    expect_value(&outcome, "source", "bcrypt", "the default is another");
    expect_value(&outcome, "draw 1", "served", "the default does not serve");
    outcome_free(&outcome);
}

Test(windows, a_draw_before_the_start_is_served)
{
    struct outcome outcome = wine_run(NULL, WORDS(windows_file("draws.exe"), "none", "1"));

    expect_value(&outcome, "source", "auto", "it was started");
    expect_value(&outcome, "draw 1", "served", "an early draw fails");
    outcome_free(&outcome);
}

/* Wine, with a bcrypt.dll that serves the probe and so many draws, and then fails. */
static struct outcome with_failing_bcrypt(const char *serves, const char *source)
{
    return wine_run(WORDS(serves), WORDS("--bcrypt", windows_file("failing/bcrypt.dll"),
                                         windows_file("draws.exe"), source, "4"));
}

Test(windows, cryptgenrandom_serves_where_bcryptgenrandom_does_not_start)
{
    struct outcome outcome = with_failing_bcrypt("FAILING_BCRYPT_SERVES=0", "bcrypt");

    expect_value(&outcome, "start", "0", "no source was found");
    expect_value(&outcome, "notice", "lost bcrypt 5", "the operator is not told");
    expect_value(&outcome, "source", "cryptgenrandom", "the next source does not serve");
    expect_value(&outcome, "draw 1", "served", "the next source does not serve");
    expect_value(&outcome, "worthless", "0", "the next source's draws repeat");
    outcome_free(&outcome);
}

Test(windows, cryptgenrandom_takes_over_within_the_draw_in_which_bcryptgenrandom_fails)
{
    struct outcome outcome = with_failing_bcrypt("FAILING_BCRYPT_SERVES=3", "bcrypt");

    expect_value(&outcome, "source", "bcrypt", "the source does not serve at first");
    expect_value(&outcome, "draw 2", "served", "the source does not serve at first");
    expect_value(&outcome, "notice", "lost bcrypt 5", "the operator is not told");
    expect_value(&outcome, "draw 3", "served", "the draw is lost with the source");
    expect_value(&outcome, "source at last", "cryptgenrandom", "the lost source is not given up");
    outcome_free(&outcome);
}

/* Wine's CryptGenRandom() needs its bcrypt.dll, so that without it there is no source at all. */
Test(windows, without_any_source_a_draw_is_an_error)
{
    struct outcome outcome = wine_run(WORDS("OSRANDOM_WINE_DLLS=bcrypt="),
                                      WORDS(windows_file("draws.exe"), "auto", "1", "16", "0"));

    expect_value(&outcome, "16", "failed", "the program is told that it has random bytes");
    expect_value(&outcome, "0", "served", "a draw of no bytes needs no source");
    outcome_free(&outcome);
}

/* It is found by a program that looks beside itself first, as LoadLibrary() does. */
Test(windows, a_bcrypt_dll_beside_the_program_is_not_asked)
{
    struct outcome outcome;

    windows_file("planted/bcrypt.dll");
    outcome = wine_run(WORDS("OSRANDOM_WINE_DLLS=bcrypt=n,b", "FAILING_BCRYPT_SERVES=0"),
                       WORDS(windows_file("planted/draws.exe"), "bcrypt", "1"));
    expect_value(&outcome, "source", "bcrypt", "a file in a download folder makes the keys");
    expect_value(&outcome, "draw 1", "served", "a file in a download folder makes the keys");
    cr_expect(!strstr(outcome.out, "notice="), "the file beside the program was asked: %s",
              outcome.out);
    outcome_free(&outcome);
}
