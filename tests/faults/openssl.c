/*
 * openssl rand, the real one, under the shim whose system calls fail: its bytes are in the ledger,
 * or it fails by itself and has printed none.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ledger.h"
#include "level.h"
#include "rows.h"
#include "trees.h"

TestSuite(openssl, .timeout = 900);

enum { LARGE = 900, MOST_TRIES = 3, MOST_TOLD = 3, MOST_WORDS = 12, LONGEST_WORD = 1024 };

struct world_under_test {
    const struct tree *tree; /* NULL: the host's OpenSSL */
    struct ledger *ledger;
    size_t differing;
};

struct program {
    const char *words[MOST_WORDS];
    const char *env[MOST_WORDS];
    char texts[5][LONGEST_WORD];
};

static void become(const void *argument)
{
    const struct program *program = argument;

    execvpe(program->words[0], (char *const *)program->words, (char *const *)program->env);
}

static const char *const abort_words[] = {"OSRANDOM_ON_FAILURE=error", "OSRANDOM_ON_FAILURE=abort"};

/* A tree's loader is told of the preloaded object, as spawn.h does it. */
static void fill_in(struct program *program, const struct usage *usage,
                    const struct world_under_test *test)
{
    const struct tree *tree = test->tree;
    const char **word = program->words, **env = program->env;

    memset(program, 0, sizeof(*program));
    snprintf(program->texts[0], LONGEST_WORD, "%zu", usage->draws[0]);
    snprintf(program->texts[1], LONGEST_WORD, "OSRANDOM_SOURCE=%s", source_name(usage->source));
    snprintf(program->texts[2], LONGEST_WORD, "LD_PRELOAD=%s", the_ledger_shim());
    snprintf(program->texts[3], LONGEST_WORD, "PATH=%s", getenv("PATH"));
    if (tree) {
        *word++ = tree->loader;
        *word++ = "--library-path";
        *word++ = tree->libraries;
        *word++ = "--preload";
        *word++ = the_ledger_shim();
    } else {
        *env++ = program->texts[2];
    }
    *word++ = tree ? tree->openssl : "openssl";
    *word++ = "rand";
    *word++ = "-hex";
    *word = program->texts[0];
    *env++ = program->texts[1];
    *env++ = program->texts[3];
    *env++ = abort_words[usage->abort];
    *env++ = test->ledger->env;
    *env = "HOME=/nonexistent";
}

/* What it printed is one draw, or nothing. */
static bool sound(const struct supervised *seen, const struct usage *usage,
                  const struct outcome_of_run *outcome, const struct ledger *ledger)
{
    if (seen->hung || (outcome->aborted ? seen->signal != SIGABRT : seen->signal))
        return false;
    if (!outcome->served[0])
        return seen->out_length == 0 && (outcome->aborted || seen->exit_code > 0);
    return seen->exit_code == 0 && seen->err[0] == '\0' &&
           strspn(seen->out, "0123456789abcdef") == 2 * usage->draws[0] &&
           ledger_holds_hex(ledger, seen->out);
}

static void check(const struct usage *usage, const struct plan *plan,
                  const struct outcome_of_run *expected, void *context)
{
    static struct supervised seen;
    static struct outcome_of_run outcome;
    struct world_under_test *test = context;
    struct program program;
    bool is_sound = false;

    fill_in(&program, usage, test);
    for (int i = 0; i < MOST_TRIES; i++) {
        if (!supervise(&seen, plan, the_ledger_shim(), become, &program))
            cr_skip_test("no seccomp user notifications on this machine");
        outcome = *expected; /* what cannot be seen from outside */
        outcome.trace = seen.trace;
        outcome.aborted = seen.signal == SIGABRT;
        outcome.served[0] = seen.exit_code == 0;
        lines_of_shim(outcome.lines, &seen, "openssl");
        is_sound = sound(&seen, usage, expected, test->ledger);
        if (is_sound && row_agrees(expected, &outcome))
            return;
    }
    if (test->differing++ >= MOST_TOLD)
        return;
    row_tell(usage, plan, expected, &outcome);
    printf("  exit %d, signal %d%s; \"%.80s\" \"%s\"%s\n", seen.exit_code, seen.signal,
           seen.hung ? ", hung" : "", seen.out, seen.err,
           is_sound ? "" : "; its output is not what this run may print");
}

static const struct usage calm[] = {{.draws = {16}}, {.draws = {LARGE}}};
static const struct usage rough[] = {{.draws = {16}, .world = WORLD_SANDBOX},
                                     {.draws = {16}, .world = WORLD_UNSEEDED},
                                     {.draws = {16}, .world = WORLD_BARREN},
                                     {.draws = {16}, .world = WORLD_BARREN, .abort = true}};

static void expect_agreement(const struct tree *tree, enum random_source source,
                             const struct usage *list, size_t count)
{
    struct world_under_test test = {.tree = tree, .ledger = ledger_new()};
    struct extent extent = {.depth = level() == LEVEL_ALL && !tree ? 2 : 1};
    size_t rows = 0;

    only_with_64_bit_calls();
    model_has_vdso = vdso_has_getrandom();
    for (size_t i = 0; i < count; i++) {
        struct usage usage = list[i];

        usage.source = source;
        rows += rows_each(&usage, &extent, check, &test);
    }
    ledger_free(test.ledger);
    cr_assert(test.differing == 0,
              "in %zu of %zu rows, openssl rand got other bytes, or other words were printed, "
              "than the model has; the first are above",
              test.differing, rows);
}

Test(openssl, gets_our_bytes_or_none_when_a_system_call_fails)
{
    expect_agreement(NULL, RANDOM_AUTO, calm, 2);
}

Test(openssl, gets_our_bytes_or_none_in_a_world_where_much_fails)
{
    only_from(LEVEL_USUAL);
    expect_agreement(NULL, RANDOM_AUTO, rough, 4);
}

Test(openssl, gets_our_bytes_or_none_whatever_source_was_asked_for)
{
    only_from(LEVEL_USUAL);
    for (enum random_source source = RANDOM_VDSO; source <= RANDOM_URANDOM; source++)
        expect_agreement(NULL, source, calm, 1);
}

Test(openssl, does_so_in_every_world_from_every_source)
{
    only_from(LEVEL_ALL);
    for (enum random_source source = RANDOM_VDSO; source <= RANDOM_URANDOM; source++) {
        expect_agreement(NULL, source, calm + 1, 1);
        expect_agreement(NULL, source, rough, 4);
    }
}

Test(openssl, does_so_in_every_generation)
{
    static const char *const names[] = {"openssl-1.1.1", "openssl-3.0", "openssl-3.5",
                                        "openssl-3.6", "openssl-4.0"};

    only_from(LEVEL_ALL);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const struct tree *tree = tree_named(names[i]);

        if (!tree)
            cr_skip_test("%s has not been fetched", names[i]);
        expect_agreement(tree, RANDOM_AUTO, calm, 2);
        expect_agreement(tree, RANDOM_AUTO, rough, 4);
    }
}
