/*
 * The shim on other machines: big-endian and little, 32 bits and 64, run by an emulator or by this
 * machine's own kernel, with that machine's Debian. Each test is a row of tests/README.md's table.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "level.h"
#include "reach.h"

enum { MOST_HEX = 256 };

/* A row: the machine's Debian, and what the draws of a run are proved by. */
struct row {
    struct root root;
    struct ledger *ledger;
    const char *env[4]; /* the ledger's variable first */
};

static struct row row_of(const char *machine, const char *suite)
{
    struct row row = {.root = root_of(machine_named(machine), suite)};

    row.ledger = ledger_new(); /* after what may skip the test */
    row.env[0] = row.ledger->env;
    return row;
}

static struct outcome openssl_rand(const struct row *row, const char *shim)
{
    return run_there(&row->root, shim, row->env,
                     (const char *const[]){row->root.tree.openssl, "rand", "-hex", "16", NULL});
}

/* What must be seen on the shim must be missing on stock, or the proof proves nothing. */
static void expect_rand(const struct row *row)
{
    struct outcome stock = openssl_rand(row, NULL);
    struct outcome plain = openssl_rand(row, machine_shim(row->root.machine));
    struct outcome ours = openssl_rand(row, machine_ledger_shim(row->root.machine));

    expect_silent(&stock, "stock openssl rand");
    expect_silent(&plain, "openssl rand under the shim");
    expect_silent(&ours, "openssl rand under the shim with the ledger");
    cr_expect(!ledger_holds_hex(row->ledger, stock.out) &&
                  !ledger_holds_hex(row->ledger, plain.out),
              "what the ledger's shim did not draw is in the ledger");
    cr_expect(ledger_holds_hex(row->ledger, ours.out),
              "openssl rand printed %s, which was not drawn from the system", ours.out);
}

/* The kernel's structures differ with the machine: a wrong one would find no device behind
 * /dev/urandom, and no standard error to write to. */
static void expect_source(struct row *row, const char *setting, const char *source)
{
    char *told = text_format("draws from the operating system (source %s)\n", source);
    struct outcome ours;

    row->env[1] = "OSRANDOM_LOG=info";
    row->env[2] = setting;
    ours = openssl_rand(row, machine_ledger_shim(row->root.machine));
    row->env[1] = row->env[2] = NULL;
    cr_expect(ours.exit_code == 0 && ledger_holds_hex(row->ledger, ours.out),
              "with %s, openssl rand printed %s: not drawn from the system; %s",
              setting ? setting : "no setting", ours.out, ours.err);
    cr_expect(strstr(ours.err, told) && !strstr(ours.err, "does not work"),
              "with %s, the operator was told: %s", setting ? setting : "no setting", ours.err);
    free(told);
}

/* The private half in `openssl genpkey -text`: lines of bytes between "priv:" and "pub:". */
static char *private_half(const struct outcome *outcome)
{
    char *start = strstr(outcome->out, "priv:\n");
    char *end = start ? strstr(start, "pub:\n") : NULL;

    cr_assert(start && end, "no private key in: %s%s", outcome->out, outcome->err);
    *end = '\0';
    return start + strlen("priv:\n");
}

static struct outcome make_key(const struct row *row, const char *shim)
{
    const char *words[] = {
        row->root.tree.openssl, "genpkey", "-algorithm", "ED25519", "-text", NULL};

    return run_there(&row->root, shim, row->env, words);
}

static void expect_key(const struct row *row)
{
    struct outcome stock = make_key(row, NULL);
    struct outcome ours = make_key(row, machine_ledger_shim(row->root.machine));

    expect_silent(&ours, "openssl genpkey under the shim");
    cr_expect(!ledger_holds_hex(row->ledger, private_half(&stock)), "stock's key is in the ledger");
    cr_expect(ledger_holds_hex(row->ledger, private_half(&ours)),
              "a private key was not drawn from the system");
}

static bool file_holds(const char *path, const char *text)
{
    struct outcome found = run_words(NULL, NULL, NULL, "grep", "-qF", text, path, NULL);

    return found.exit_code == 0;
}

/* The machine's own name for the signal is what makes a late OpenSSL known while dlopen() runs. An
 * OpenSSL whose own calls come by the shim would be found by its first draw too. */
static void expect_signal(const struct row *row, const struct outcome *late)
{
    const char *pinned = strstr(late->err, "draws from the operating system");
    const char *loaded = strstr(late->err, "loaded\n");

    cr_expect(file_holds(row->root.libcrypto, row->root.machine->signal),
              "OpenSSL there does not ask for %s", row->root.machine->signal);
    cr_expect(pinned && loaded && pinned < loaded,
              "an OpenSSL that is loaded late is not known at once: %s", late->err);
}

static void expect_late(struct row *row)
{
    static const char *const lines[] = {"draw", "key", "child", "parent", NULL};
    const char *words[] = {machine_file(row->root.machine, "late_crypto"), row->root.libcrypto,
                           NULL};
    struct outcome stock = run_there(&row->root, NULL, row->env, words);
    struct outcome ours;

    row->env[1] = "OSRANDOM_LOG=info";
    ours = run_there(&row->root, machine_ledger_shim(row->root.machine), row->env, words);
    row->env[1] = NULL;
    cr_expect_str_eq(stock.err, "loaded\n", "stock, loaded late: %s", stock.err);
    expect_in_ledger(&stock, row->ledger, false, "stock, loaded late", lines);
    expect_in_ledger(&ours, row->ledger, true, "loaded late", lines);
    expect_signal(row, &ours);
}

/* None of these has the vDSO's getrandom: the emulator gives its programs a small vDSO or none, and
 * 32-bit x86 never had it. */
static void expect_row(const char *machine, const char *suite)
{
    struct row row = row_of(machine, suite);

    expect_rand(&row);
    expect_source(&row, NULL, "getrandom");
    expect_source(&row, "OSRANDOM_SOURCE=getrandom", "getrandom");
    expect_source(&row, "OSRANDOM_SOURCE=getentropy", "getentropy");
    expect_source(&row, "OSRANDOM_SOURCE=urandom", "urandom");
    expect_key(&row);
    expect_late(&row);
    ledger_free(row.ledger);
}

#define QUICK_ROW(machine, suite)                                                                  \
    Test(machines, machine##_with_debian_##suite)                                                  \
    {                                                                                              \
        expect_row(#machine, #suite);                                                              \
    }
#define ROW(machine, suite)                                                                        \
    Test(machines, machine##_with_debian_##suite)                                                  \
    {                                                                                              \
        only_from(LEVEL_ALL);                                                                      \
        expect_row(#machine, #suite);                                                              \
    }

QUICK_ROW(arm64, bookworm)
ROW(arm64, trixie)
ROW(arm64, sid)
ROW(armhf, bookworm)
ROW(armhf, sid)
QUICK_ROW(i386, bookworm)
ROW(i386, sid)
ROW(ppc64el, bookworm)
ROW(ppc64el, sid)
ROW(riscv64, sid)
ROW(s390x, bookworm)
ROW(s390x, sid)
