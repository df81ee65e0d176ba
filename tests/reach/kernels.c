/*
 * Other machines with their own kernels, under an emulator of the whole machine: only there is the
 * vDSO another machine's. Each test is a row of tests/README.md's table.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "level.h"
#include "reach.h"

enum { BOOT_SECONDS = 900, NO_EMULATOR = 3 };

static char *kernels_of(const char *machine)
{
    const char *words[] = {"tests/duplication/vm/fetch", machine, NULL};
    struct outcome fetched = run(&(struct command){.argv = words, .seconds = BOOT_SECONDS});

    if (fetched.exit_code != 0)
        cr_skip_test("what is to be booted cannot be fetched: %s", fetched.err);
    fetched.out[strcspn(fetched.out, "\n")] = '\0';
    return fetched.out;
}

static struct outcome guest(const struct root *root)
{
    const char *name = root->machine->name;
    const char *words[] = {"tests/reach/guest", name,
                           kernels_of(name),    machine_file(root->machine, ""),
                           root->tree.loader,   root->tree.openssl,
                           root->libcrypto,     NULL};
    struct outcome said = run(&(struct command){.argv = words, .seconds = BOOT_SECONDS});

    if (said.exit_code == NO_EMULATOR)
        cr_skip_test("%s", text_last_line(said.err));
    cr_assert(said.exit_code == 0, "the guest does not come to its end: %s%s", said.out, said.err);
    return said;
}

/* A line with this label that is all hexadecimal, as openssl prints its bytes. */
static char *bytes_of(const struct outcome *said, const char *label)
{
    const char *line = strstr(said->out, text_format("\n%s/", label));
    size_t length;

    cr_assert(line != NULL, "no line of %s in: %s", label, said->out);
    line += strlen(label) + 2;
    length = strspn(line, "0123456789abcdef");
    cr_assert(length == 32, "%s printed no 16 bytes: %s", label, said->out);
    return strndup(line, length);
}

static void expect_drawn(const struct outcome *said, const char *what, const char *bytes,
                         bool wanted)
{
    const char *ledger = outcome_value(said, "ledger");

    cr_assert(ledger && bytes, "no ledger, or no bytes of %s, in: %s", what, said->out);
    cr_expect((strstr(ledger, bytes) != NULL) == wanted, "%s: %s was %sdrawn from the system", what,
              bytes, wanted ? "not " : "");
}

static void expect_source(const struct outcome *said, const char *label, const char *source)
{
    const char *from = strstr(said->out, text_format("\n%s/osrandom: ", label));
    const char *told = text_format("draws from the operating system (source %s)", source);

    cr_assert(from != NULL, "%s: the operator is told nothing: %s", label, said->out);
    cr_expect(strncmp(strstr(from, "draws from"), told, strlen(told)) == 0,
              "%s: the source is another than %s: %s", label, source, said->out);
}

/* No verdict: an emulator's time is nobody's. */
static void tell_of_pace(const struct outcome *said, const char *machine)
{
    double stock = atof(outcome_value(said, "pace-stock/pace"));
    double syscall = atof(outcome_value(said, "pace-syscall/pace"));
    double shim = atof(outcome_value(said, "pace-shim/pace"));

    fprintf(stderr,
            "[----] %s, Linux %s: 32 bytes take stock %.1f times as long, the system call %.1f\n",
            machine, outcome_value(said, "kernel"), stock / shim, syscall / shim);
}

static void expect_row(const char *machine, const char *suite, const char *source)
{
    static const char *const names[] = {"draw", "key", "child", "parent"};
    struct root root;
    struct outcome said;

    only_from(LEVEL_ALL);
    root = root_of(machine_named(machine), suite);
    said = guest(&root);
    expect_source(&said, "rand", source);
    expect_source(&said, "late", source);
    expect_source(&said, "syscall", "getrandom");
    expect_drawn(&said, "openssl rand", bytes_of(&said, "rand"), true);
    expect_drawn(&said, "openssl rand by the system call", bytes_of(&said, "syscall"), true);
    expect_drawn(&said, "stock openssl rand", bytes_of(&said, "stock"), false);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        expect_drawn(&said, names[i], outcome_value(&said, text_format("late/%s", names[i])), true);
        expect_drawn(&said, names[i], outcome_value(&said, text_format("stock/%s", names[i])),
                     false);
    }
    tell_of_pace(&said, machine);
    outcome_free(&said);
}

#define ROW(machine, suite, source)                                                                \
    Test(kernels, machine##_draws_by_##source, .timeout = 1200)                                    \
    {                                                                                              \
        expect_row(#machine, #suite, #source);                                                     \
    }

ROW(arm64, bookworm, vdso)
ROW(riscv64, sid, vdso)
ROW(s390x, bookworm, vdso)
/* Its vDSO tells of errors by a condition bit, which C does not see: platform/linux_vdso.c. */
ROW(ppc64el, bookworm, getrandom)
