/*
 * A system with 64-bit and 32-bit programs, and one setting for both: the loader's $LIB, or the
 * bare name of a file that lies in both library directories.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "reach.h"

TestSuite(word_sizes, .fini = clean_up);

struct system {
    struct root wide, narrow;
    struct ledger *ledger;
    const char *shims; /* below it lib/TRIPLET/libosrandom_preload.so, with the ledger */
};

static const char *directory_of(const struct system *system, const struct root *root)
{
    return text_format("%s/lib/%s", system->shims, root->machine->triplet);
}

static void install(const struct system *system, const struct root *root)
{
    const char *place = directory_of(system, root);

    mkdir(text_format("%s/lib", system->shims), 0755);
    mkdir(place, 0755);
    cr_assert(symlink(machine_ledger_shim(root->machine),
                      text_format("%s/libosrandom_preload.so", place)) == 0);
}

static struct system system_new(void)
{
    struct system system = {.wide = root_of(this_machine(), "bullseye"),
                            .narrow = root_of(machine_named("i386"), "bookworm")};

    system.ledger = ledger_new(); /* after what may skip the test */
    system.shims = directory();
    install(&system, &system.wide);
    install(&system, &system.narrow);
    return system;
}

/* Both word sizes' library directories are searched by both, as if they were the system's. */
static struct outcome openssl_rand(const struct system *system, const struct root *root,
                                   const char *setting)
{
    const char *env[] = {system->ledger->env, text_format("LD_PRELOAD=%s", setting),
                         text_format("LD_LIBRARY_PATH=%s:%s:%s:%s",
                                     directory_of(system, &system->wide),
                                     directory_of(system, &system->narrow),
                                     system->wide.tree.libraries, system->narrow.tree.libraries),
                         NULL};
    const char *words[] = {root->tree.loader, root->tree.openssl, "rand", "-hex", "16", NULL};
    const struct command command = {.argv = words, .env = env};

    return root->emulator ? run_there(root, NULL, env, words + 1) : run(&command);
}

static void expect_served(const struct system *system, const struct root *root, const char *setting)
{
    struct outcome outcome = openssl_rand(system, root, setting);

    expect_silent(&outcome, text_format("%s with LD_PRELOAD=%s", root->tree.name, setting));
    cr_expect(ledger_holds_hex(system->ledger, outcome.out),
              "%s with LD_PRELOAD=%s is not covered: %s", root->tree.name, setting, outcome.out);
}

static void expect_both_served(const char *form)
{
    struct system system = system_new();
    const char *setting = *form == '$' ? text_format("%s/%s", system.shims, form) : form;

    expect_served(&system, &system.wide, setting);
    expect_served(&system, &system.narrow, setting);
    ledger_free(system.ledger);
}

Test(word_sizes, are_both_served_by_LIB_in_the_path)
{
    expect_both_served("$LIB/libosrandom_preload.so");
}

Test(word_sizes, are_both_served_by_the_bare_name)
{
    expect_both_served("libosrandom_preload.so");
}

/* What the two above are for: the loader speaks up, and the program is not covered. */
Test(word_sizes, are_not_both_served_by_one_path)
{
    struct system system = system_new();
    struct outcome outcome =
        openssl_rand(&system, &system.narrow, machine_ledger_shim(system.wide.machine));

    cr_expect(strstr(outcome.err, "wrong ELF class"), "the loader says nothing: %s", outcome.err);
    cr_expect(!ledger_holds_hex(system.ledger, outcome.out), "a 64-bit file served 32-bit code");
    ledger_free(system.ledger);
}
