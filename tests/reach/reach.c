/*
 * See reach.h.
 */
#include "reach.h"

#include <criterion/criterion.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_WORDS = 60, MAKING_SECONDS = 900, NOT_FOUND = 127 };

static const struct machine machines[] = {
    {"arm64", "aarch64-linux-gnu", "gcc-aarch64-linux-gnu", "qemu-aarch64", "OPENSSL_armcap"},
    {"armhf", "arm-linux-gnueabihf", "gcc-arm-linux-gnueabihf", "qemu-arm", "OPENSSL_armcap"},
    {"i386", "i386-linux-gnu", "gcc-i686-linux-gnu", "qemu-i386", "OPENSSL_ia32cap"},
    {"ppc64el", "powerpc64le-linux-gnu", "gcc-powerpc64le-linux-gnu", "qemu-ppc64le",
     "OPENSSL_ppccap"},
    {"riscv64", "riscv64-linux-gnu", "gcc-riscv64-linux-gnu", "qemu-riscv64", "OPENSSL_riscvcap"},
    {"s390x", "s390x-linux-gnu", "gcc-s390x-linux-gnu", "qemu-s390x", "OPENSSL_s390xcap"},
};

static const struct machine amd64 = {"amd64", "x86_64-linux-gnu", "gcc", NULL, "OPENSSL_ia32cap"};

const struct machine *machine_at(size_t index)
{
    return index < sizeof(machines) / sizeof(machines[0]) ? &machines[index] : NULL;
}

const struct machine *this_machine(void)
{
#ifndef __x86_64__
    cr_skip_test("this test knows its way on amd64 only");
#endif
    return &amd64;
}

static bool is_built(const struct machine *machine)
{
    char *path = text_format("%s/reach/%s/libosrandom_preload.so", BUILD_DIR, machine->name);

    return access(path, R_OK) == 0;
}

static bool runs(const char *program)
{
    struct outcome outcome = run_words(NULL, NULL, NULL, program, "--version", NULL);
    bool there = outcome.exit_code == 0;

    outcome_free(&outcome);
    return there;
}

const struct machine *machine_named(const char *name)
{
    const struct machine *machine = NULL;

    for (size_t i = 0; (machine = machine_at(i)) && strcmp(machine->name, name) != 0; i++)
        ;
    cr_assert(machine != NULL, "no machine is called %s", name);
    if (!is_built(machine))
        cr_skip_test("the compiler for %s is missing: %s", name, machine->compiler);
    return machine;
}

/* ---- Roots ---- */

static const char *only_file(const char *pattern)
{
    const char *path = NULL;
    glob_t found;

    if (glob(pattern, 0, NULL, &found) == 0)
        path = strdup(found.gl_pathv[0]);
    globfree(&found);
    return path;
}

/* i386 programs are run by the kernel of an amd64 machine, if it was built to. */
static const char *emulator_for(const struct root *root)
{
    const char *emulator = root->machine->emulator;

    if (!emulator || runs(root->tree.loader))
        return NULL;
    if (!runs(emulator))
        cr_skip_test("%s is missing: qemu-user", emulator);
    return emulator;
}

struct root root_of(const struct machine *machine, const char *suite)
{
    char *name = text_format("%s-%s", machine->name, suite);
    const char *words[] = {"tests/reach/roots", name, NULL};
    const struct command command = {.argv = words, .seconds = MAKING_SECONDS};
    struct outcome made = run(&command);
    struct root root = {.machine = machine};

    if (made.exit_code != 0)
        cr_skip_test("%s", text_last_line(made.err));
    made.out[strcspn(made.out, "\n")] = '\0';
    root.path = made.out;
    root.tree = (struct tree){
        .name = name,
        .root = root.path,
        .loader = only_file(text_format("%s/lib*/ld-linux*.so.?", root.path)),
        .libraries = text_format("%s/usr/lib/%s", root.path, machine->triplet),
        .openssl = text_format("%s/usr/bin/openssl", root.path),
    };
    if (!root.tree.loader) /* of the 64-bit machines that follow the newer convention */
        root.tree.loader = only_file(text_format("%s/lib*/ld64.so.?", root.path));
    root.libcrypto = only_file(text_format("%s/libcrypto.so.*", root.tree.libraries));
    cr_assert(root.tree.loader && root.libcrypto, "%s lacks a loader or a libcrypto", root.path);
    root.emulator = emulator_for(&root);
    return root;
}

const char *machine_file(const struct machine *machine, const char *file)
{
    return machine == &amd64 ? built(file) : built(text_format("reach/%s/%s", machine->name, file));
}

const char *machine_shim(const struct machine *machine)
{
    return machine_file(machine, "libosrandom_preload.so");
}

const char *machine_ledger_shim(const struct machine *machine)
{
    return machine_file(machine, "ledger/libosrandom_preload.so");
}

/* ---- Running ---- */

struct words {
    const char *word[MOST_WORDS + 1];
    size_t count;
};

static void add(struct words *words, const char *word)
{
    cr_assert(words->count < MOST_WORDS, "too many words");
    words->word[words->count++] = word;
    words->word[words->count] = NULL;
}

static void add_all(struct words *words, const char *option, const char *const *more)
{
    for (size_t i = 0; more && more[i]; i++) {
        if (option)
            add(words, option);
        add(words, more[i]);
    }
}

/* The variables are the program's alone: the emulator is a program of this machine. Without the
 * path, i386 programs would find this machine's own 32-bit libraries by its loader's cache. */
static struct outcome emulate(const struct root *root, const char *shim, const char *const *env,
                              const char *const *program)
{
    struct words words = {.count = 0};
    const char *preload[] = {shim ? text_format("LD_PRELOAD=%s", shim) : NULL, NULL};
    const struct command command = {.argv = words.word};

    add(&words, root->emulator);
    add_all(&words, NULL, (const char *const[]){"-L", root->path, NULL});
    add_all(&words, "-E",
            (const char *const[]){text_format("LD_LIBRARY_PATH=%s", root->tree.libraries), NULL});
    add_all(&words, "-E", preload);
    add_all(&words, "-E", env);
    add_all(&words, NULL, program);
    return run(&command);
}

struct outcome run_there(const struct root *root, const char *shim, const char *const *env,
                         const char *const *words)
{
    const struct command command = {
        .argv = words, .env = env, .preload = shim, .tree = &root->tree};

    return root->emulator ? emulate(root, shim, env, words) : run(&command);
}

const char **words_inside(const struct root *root, const char *shim, const char *const *env,
                          const char *const *program)
{
    struct words words = {.count = 0};

    add_all(&words, NULL, (const char *const[]){built("reach/enter"), root->path, NULL});
    if (shim) {
        add_all(&words, NULL, (const char *const[]){"-b", shim, NULL});
        add_all(&words, NULL,
                (const char *const[]){"-e", text_format("LD_PRELOAD=%s", shim), NULL});
    }
    add_all(&words, "-e", env);
    add_all(&words, NULL, program);
    return memcpy(calloc(1, sizeof(words.word)), words.word, sizeof(words.word));
}

struct outcome run_inside(const struct root *root, const char *shim, const char *const *env,
                          const char *const *program)
{
    const struct command command = {.argv = words_inside(root, shim, env, program)};
    struct outcome outcome = run(&command);

    if (outcome.exit_code == NOT_FOUND && strstr(outcome.err, "enter: "))
        cr_skip_test("%s", text_last_line(outcome.err));
    return outcome;
}

/* ---- Judging ---- */

void expect_silent(const struct outcome *outcome, const char *what)
{
    cr_assert(outcome->exit_code == 0, "%s ended with %d (signal %d): %s", what, outcome->exit_code,
              outcome->signal, outcome->err);
    cr_expect_str_eq(outcome->err, "", "%s is not silent: %s", what, outcome->err);
}

void expect_in_ledger(const struct outcome *outcome, const struct ledger *ledger, bool wanted,
                      const char *what, const char *const *names)
{
    for (; *names; names++) {
        char *hex = outcome_value(outcome, *names);

        cr_assert(hex != NULL, "%s: no line %s= in: %s%s", what, *names, outcome->out,
                  outcome->err);
        cr_expect(ledger_holds_hex(ledger, hex) == wanted, "%s: %s=%s was %sdrawn from the system",
                  what, *names, hex, wanted ? "not " : "");
        free(hex);
    }
}
