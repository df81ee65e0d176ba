/*
 * One unchanged file in the roots of four Debians, from glibc 2.31 and OpenSSL 1.1.1 on: a linked
 * OpenSSL, one that Python loads late, two processes with the same number, and the look from
 * outside. Each test is a row of tests/README.md's table.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "../command/held.h"
#include "level.h"
#include "reach.h"

TestSuite(debians, .fini = clean_up);

struct debian {
    const char *suite, *glibc, *openssl;
    bool repeats; /* OpenSSL 1.1.1 tells same numbers apart by the processor's clock */
};

/* Shim or no shim, the ledger's variable is set. */
struct place {
    const struct debian *debian;
    struct root root;
    struct ledger *ledger;
    const char *env[2];
};

static struct outcome run_in(const struct place *place, const char *shim, const char *const *words)
{
    const char *more[16] = {"-b", place->ledger->path};

    for (size_t i = 0; words[i] && i < 13; i++)
        more[i + 2] = words[i];
    return run_inside(&place->root, shim, place->env, more);
}

static void expect_versions(const struct place *place)
{
    const char *libc = text_format("%s/libc.so.6", place->root.tree.libraries);
    struct outcome glibc = run_there(&place->root, NULL, NULL, (const char *const[]){libc, NULL});
    struct outcome openssl =
        run_in(place, NULL, (const char *const[]){"/usr/bin/openssl", "version", NULL});

    cr_assert(strstr(glibc.out, text_format("release version %s", place->debian->glibc)),
              "another glibc than %s: %.80s", place->debian->glibc, glibc.out);
    cr_assert(strstr(openssl.out, text_format("OpenSSL %s", place->debian->openssl)),
              "another OpenSSL than %s: %s%s", place->debian->openssl, openssl.out, openssl.err);
}

/* The program prints hexadecimal: on stock it is not in the ledger, under its shim it is. */
static void expect_draws(const struct place *place, const char *const *words)
{
    struct outcome stock = run_in(place, NULL, words);
    struct outcome plain = run_in(place, the_shim(), words);
    struct outcome ours = run_in(place, the_ledger_shim(), words);

    expect_silent(&stock, words[0]);
    expect_silent(&plain, words[0]);
    expect_silent(&ours, words[0]);
    cr_expect(!ledger_holds_hex(place->ledger, stock.out) &&
                  !ledger_holds_hex(place->ledger, plain.out),
              "what the ledger's shim did not draw is in the ledger");
    cr_expect(ledger_holds_hex(place->ledger, ours.out),
              "%s printed %s, which was not drawn from the system", words[0], ours.out);
}

/* As on a kernel before 6.11, whose vDSO has no getrandom. */
static void expect_system_call(const struct place *place)
{
    const char *words[] = {"-e",
                           "OSRANDOM_SOURCE=getrandom",
                           "-e",
                           "OSRANDOM_LOG=info",
                           "/usr/bin/openssl",
                           "rand",
                           "-hex",
                           "16",
                           NULL};
    struct outcome ours = run_in(place, the_ledger_shim(), words);

    cr_expect(strstr(ours.err, "(source getrandom)\n"), "the vDSO is used nevertheless: %s",
              ours.err);
    cr_expect(ledger_holds_hex(place->ledger, ours.out), "%s was not drawn from the system",
              ours.out);
}

/* The demonstration as that Debian's own headers and libraries make it. */
static const char *build_demo(const struct place *place)
{
    const char *demo = text_format("%s/fork", directory());
    const char *sysroot = text_format("--sysroot=%s", place->root.path);
    const char *before_ours = text_format("-B%s", place->root.tree.libraries);
    struct outcome built =
        run_words(NULL, NULL, NULL, "gcc", sysroot, before_ours, "-O2", "-D_GNU_SOURCE", "-o", demo,
                  "tools/demo/fork.c", "-lcrypto", NULL);

    if (strstr(built.err, "unknown type"))
        cr_skip_test("this system's linker cannot read that one's libraries");
    cr_assert(built.exit_code == 0, "the demonstration does not build: %s", built.err);
    return demo;
}

/* The last word of each line is a draw. */
static void expect_two_draws(const struct place *place, char *text)
{
    size_t draws = 0;

    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"), draws++)
        cr_expect(ledger_holds_hex(place->ledger, strrchr(line, ' ') + 1),
                  "not drawn from the system: %s", line);
    cr_expect(draws == 2, "%zu draws instead of 2", draws);
}

static void expect_no_repetition(const struct place *place)
{
    enum { DIFFERENT, SAME };
    const char *demo = build_demo(place);
    const char *words[] = {"-b", demo, demo, NULL};
    struct outcome stock = run_in(place, NULL, words);
    struct outcome ours = run_in(place, the_ledger_shim(), words);

    cr_expect(stock.exit_code == (place->debian->repeats ? SAME : DIFFERENT),
              "the demonstration shows nothing on stock (exit code %d): %s%s", stock.exit_code,
              stock.out, stock.err);
    cr_expect(ours.exit_code == DIFFERENT, "two processes drew the same under the shim (%d): %s%s",
              ours.exit_code, ours.out, ours.err);
    expect_two_draws(place, ours.out);
}

static const char draws_and_waits[] =
    "import ssl, sys; print(ssl.RAND_bytes(16).hex(), flush=True); sys.stdin.read()";

static struct outcome status_of(const struct place *place, const char *shim)
{
    const char *words[] = {"/usr/bin/python3", "-c", draws_and_waits, NULL};
    struct held held = held_start(NULL, words_inside(&place->root, shim, NULL, words));
    struct outcome outcome = osrandom(NULL, "status", held.text, NULL);

    held_end(&held);
    return outcome;
}

/* Its shim lies elsewhere than the command's: it is believed, and that is said. */
static void expect_seen_from_outside(const struct place *place)
{
    struct outcome stock = status_of(place, NULL);
    struct outcome ours = status_of(place, the_shim());

    expect(&stock, 1, "not covered", NULL, "a stock process passes for a covered one");
    expect(&ours, 0, "1 covered", "", "a covered process in a root of its own is not seen");
}

static void expect_row(const struct debian *debian)
{
    static const char draw[] = "import ssl; print(ssl.RAND_bytes(16).hex())";
    struct place place = {
        .debian = debian, .root = root_of(this_machine(), debian->suite), .ledger = ledger_new()};

    place.env[0] = place.ledger->env;
    expect_versions(&place);
    expect_draws(&place, (const char *const[]){"/usr/bin/openssl", "rand", "-hex", "16", NULL});
    expect_draws(&place, (const char *const[]){"/usr/bin/python3", "-c", draw, NULL});
    expect_system_call(&place);
    expect_no_repetition(&place);
    expect_seen_from_outside(&place);
    ledger_free(place.ledger);
}

Test(debians, bullseye)
{
    expect_row(&(struct debian){"bullseye", "2.31", "1.1.1", false});
}

Test(debians, bookworm)
{
    only_from(LEVEL_ALL);
    expect_row(&(struct debian){"bookworm", "2.36", "3.0", true});
}

Test(debians, trixie)
{
    only_from(LEVEL_ALL);
    expect_row(&(struct debian){"trixie", "2.41", "3.5", true});
}

Test(debians, sid)
{
    expect_row(&(struct debian){"sid", "2.4", "3.6", true});
}
