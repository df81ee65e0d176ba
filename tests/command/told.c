/*
 * See told.h.
 */
#include "told.h"

#include <criterion/criterion.h>

/* A tree's C library would not run osrandom itself: the static one asks no library. */
static struct outcome explain(const char *const *env, const char *program)
{
    return run_words(NULL, NULL, env, built("osrandom.static"), "explain", program, NULL);
}

void expect_told(const char *const *env, const char *program, int status, const char *verdict,
                 const char *fact)
{
    struct outcome outcome = env ? explain(env, program) : osrandom(NULL, "explain", program, NULL);

    expect(&outcome, status, text_format("%s: %s\n", program, verdict), "",
           "the verdict is another one");
    expect(&outcome, status, fact, NULL, "how it comes by OpenSSL is not told");
    outcome_free(&outcome);
}

const char *stripped(const char *program, const char *name)
{
    const char *path = copy_of(program, name, 0755);
    struct outcome outcome = run_words(NULL, NULL, NULL, "strip", path, NULL);

    cr_assert_eq(outcome.exit_code, 0, "%s", outcome.err);
    outcome_free(&outcome);
    return path;
}
