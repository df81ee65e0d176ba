/*
 * Programs that start where /dev is missing or /dev/urandom is something else. The default asks for
 * no device; OSRANDOM_SOURCE=urandom is refused by what is no urandom, and never reads from it.
 */
#include "surroundings.h"

static const char script[] = "tests/surroundings/under";

static struct played play_under(const char *how, const char *setting)
{
    const struct scene scene = {.words = WORDS("unshare", "--mount", script, how, the_ledger_shim(),
                                               OURS("fences"), "as-it-is"),
                                .setting = setting,
                                .by_hand = true};

    need_mounts();
    return play(&scene);
}

static void expect_not_needed(const char *how)
{
    struct played played = play_under(how, NULL);

    expect_end(&played, "");
    expect_ours(&played, WORDS("small", "large"));
    played_free(&played);
}

static void expect_refused(const char *how, const char *line)
{
    struct played played = play_under(how, "OSRANDOM_SOURCE=urandom");

    expect_end(&played, line);
    expect_value(&played, "small", "refused");
    expect_value(&played, "large", "refused");
    expect_value(&played, "served", "0");
    played_free(&played);
}

Test(devices, that_are_missing_are_not_needed)
{
    expect_not_needed("no-dev");
}

Test(devices, that_are_missing_are_told_to_those_who_want_them)
{
    expect_refused("no-dev", "no source of random bytes works (errno 2); OpenSSL will be told so");
}

Test(devices, of_a_plain_file_are_not_needed)
{
    expect_not_needed("file");
}

Test(devices, of_a_plain_file_are_refused_and_told)
{
    expect_refused("file", "no source of random bytes works (errno 19); OpenSSL will be told so");
}

Test(devices, of_zeros_are_not_needed)
{
    expect_not_needed("zero");
}

Test(devices, of_zeros_are_refused_and_told)
{
    expect_refused("zero", "no source of random bytes works (errno 19); OpenSSL will be told so");
}
