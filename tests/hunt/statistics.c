/*
 * The FIPS 140-2 tests of rng-tools over what each source gives, in draws of all sizes. No
 * statistics can show that bytes are random; these show gross mistakes: a buffer that is not
 * filled, a block that is handed out again. The tests are told to fail once in some 1,250 blocks of
 * good bytes.
 */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdio.h>

#include "hunt.h"

TestSuite(statistics, .timeout = 1800);

enum { BLOCKS_A_MIB = 419, CANNOT = 77, SECONDS_A_MIB = 1, GRACE = 60 };
static const double BY_CHANCE = 0.0008;

static struct outcome test_stream(const char *source, unsigned int mebibytes)
{
    char script[1024];
    const char *const argv[] = {"/bin/bash", "-o", "pipefail", "-c", script, NULL};
    struct command command = {.argv = argv, .seconds = GRACE + mebibytes * SECONDS_A_MIB};

    snprintf(script, sizeof(script),
             "%s %s %u | rngtest 2>&1 | sed -n 's/.*FIPS 140-2 \\([a-z]*\\): /\\1=/p'; "
             "exit ${PIPESTATUS[0]}",
             built("hunt/stream"), source, mebibytes);
    return run(&command);
}

static const char sources[][12] = {"vdso", "getrandom", "getentropy", "urandom"};

ParameterizedTestParameters(statistics, find_no_gross_mistake_in_what_a_source_gives)
{
    return cr_make_param_array(char[12], (void *)sources, sizeof(sources) / sizeof(sources[0]));
}

ParameterizedTest(char source[12], statistics, find_no_gross_mistake_in_what_a_source_gives)
{
    unsigned int mebibytes = hunt_number("STATISTICS_MIB", 16, 64);
    struct outcome outcome;
    double failures, blocks, expected, excess;

    hunt_need("rngtest", "rng-tools5");
    outcome = test_stream(source, mebibytes);
    if (outcome.exit_code == CANNOT)
        cr_skip_test("the source %s does not work on this machine", source);
    failures = hunt_figure(&outcome, "failures");
    blocks = failures + hunt_figure(&outcome, "successes");
    expected = blocks * BY_CHANCE;
    excess = failures - expected;
    cr_expect(outcome.exit_code == 0 && blocks >= mebibytes * BLOCKS_A_MIB,
              "%s: only %.0f blocks of %u MiB: %s", source, blocks, mebibytes, outcome.err);
    cr_expect(excess < 3 || excess * excess < 36 * expected, /* six standard deviations */
              "%s: %.0f of %.0f blocks look like no random bytes; %.0f do by chance", source,
              failures, blocks, expected);
    outcome_free(&outcome);
}

Test(statistics, tell_a_source_that_hands_out_one_block_for_ever)
{
    struct outcome outcome;

    hunt_need("rngtest", "rng-tools5");
    outcome = test_stream("broken", 1);
    cr_expect(hunt_figure(&outcome, "successes") == 0,
              "a block that is repeated is taken for random bytes: the suite shows nothing");
    outcome_free(&outcome);
}
