/*
 * Go programs, whose generator is Go's own: they run on, preloaded or not.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "level.h"
#include "reach.h"

TestSuite(golang, .fini = clean_up);

enum { BUILDING_SECONDS = 300 };

static void only_with_go(void)
{
    struct outcome outcome;

    only_from(LEVEL_ALL);
    outcome = run_words(NULL, NULL, NULL, "go", "version", NULL);
    if (outcome.exit_code != 0)
        cr_skip_test("Go is missing: golang-go");
}

/* Built with the C library or without; HOME is for Go's cache. */
static const char *build_hello(const char *cgo)
{
    const char *program = text_format("%s/hello", directory());
    const char *env[] = {cgo, text_format("GOCACHE=%s/cache", directory()), "GO111MODULE=off",
                         NULL};
    const char *words[] = {"go", "build", "-o", program, "tests/reach/programs/hello.go", NULL};
    const struct command command = {.argv = words, .env = env, .seconds = BUILDING_SECONDS};
    struct outcome outcome = run(&command);

    cr_assert(outcome.exit_code == 0, "go build: %s", outcome.err);
    return program;
}

static void expect_unharmed(const char *cgo, const char *preloaded)
{
    const char *program, *env[] = {NULL, NULL};
    struct ledger *ledger;
    struct outcome ours;

    only_with_go();
    program = build_hello(cgo);
    ledger = ledger_new();
    env[0] = ledger->env;
    ours = run_words(the_ledger_shim(), NULL, env, program, NULL);
    expect_silent(&ours, "a Go program");
    cr_expect(strstr(ours.out, "user=true\n") && strstr(ours.out, preloaded),
              "with %s, a Go program says: %s", cgo, ours.out);
    cr_expect(ledger_bytes(ledger) == 0, "Go's own generator draws from us");
    ledger_free(ledger);
}

Test(golang, programs_that_are_static_do_not_notice)
{
    expect_unharmed("CGO_ENABLED=0", "preloaded=false\n");
}

Test(golang, programs_that_use_the_c_library_run_on)
{
    expect_unharmed("CGO_ENABLED=1", "preloaded=true\n");
}
