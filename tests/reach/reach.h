/*
 * Machines and Debians that this one is not: their OpenSSLs, unpacked by tests/reach/roots, and the
 * shim as their compilers build it.
 */
#ifndef OSRANDOM_TESTS_REACH_H
#define OSRANDOM_TESTS_REACH_H

#include <stdbool.h>

#include "../command/words.h"
#include "ledger.h"
#include "spawn.h"

struct machine {
    const char *name;     /* as Debian names it; its build is build/reach/NAME */
    const char *triplet;  /* of its library directories */
    const char *compiler; /* Debian's package of it */
    const char *emulator; /* NULL: it is this machine */
    const char *signal;   /* what its OpenSSL's initialiser asks the environment for */
};

/* A machine's Debian of one suite. */
struct root {
    const struct machine *machine;
    const char *emulator; /* NULL: this machine's own kernel runs its programs */
    const char *path;
    const char *libcrypto;
    struct tree tree; /* its loader, libraries and openssl command */
};

/* The machines that are cross-built, NULL at the end of the list. */
const struct machine *machine_at(size_t index);

/* Skips the test if the name's compiler is missing. */
const struct machine *machine_named(const char *name);

/* The machine that the tests themselves run on. */
const struct machine *this_machine(void);

/* Fetched on the first use; skips the test, with the reason, if that cannot be done, or if its
 * programs cannot be run. */
struct root root_of(const struct machine *machine, const char *suite);

/* A file of the machine's build, as an absolute path. */
const char *machine_file(const struct machine *machine, const char *file);

/* The shim for that machine, and the one with the ledger. */
const char *machine_shim(const struct machine *machine);
const char *machine_ledger_shim(const struct machine *machine);

/* Runs one of its programs, words ending with NULL, under a shim or NULL. The variables are set in
 * that program only. */
struct outcome run_there(const struct root *root, const char *shim, const char *const *env,
                         const char *const *words);

/* As run_there(), in the root as if it were the whole system: see programs/enter.c. More words of
 * enter's may come first. */
struct outcome run_inside(const struct root *root, const char *shim, const char *const *env,
                          const char *const *words);

/* The command line of run_inside(), for those who run it in another way. Ends with NULL. */
const char **words_inside(const struct root *root, const char *shim, const char *const *env,
                          const char *const *words);

/* Ends well and silently, or the test fails. */
void expect_silent(const struct outcome *outcome, const char *what);

/* Lines "name=bytes" of the output are in the ledger, or are not. The names end with NULL. */
void expect_in_ledger(const struct outcome *outcome, const struct ledger *ledger, bool wanted,
                      const char *what, const char *const *names);

#endif
