/*
 * What the tests of this suite share.
 */
#ifndef OSRANDOM_TESTS_LOAD_H
#define OSRANDOM_TESTS_LOAD_H

#include <stdbool.h>

#include "ledger.h"
#include "spawn.h"
#include "text.h"

/* What the small OpenSSL's own generator prints. */
#define BAD_BYTES "5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a"

/* An absolute path below build/load; false if it was not built: the test is then to be skipped. */
bool load_built(const char *file);
const char *load_file(const char *file);

/* A temporary directory, removed with all that is in it. */
char *directory_new(void);
void directory_free(char *directory);

/* The whole file, with a NUL behind it; ends the test if it cannot be read. */
char *text_of_file(const char *path);

/* Fails the test unless the two went alike: exit code, signal, output and errors. */
void expect_same(const struct outcome *stock, const struct outcome *ours, const char *what);

/* Fails the test unless the program ended with this code, silent on standard error. */
void expect_exit(const struct outcome *outcome, int code, const char *what);

/* Fails the test unless these lines of the output hold bytes from the ledger. The names end with
 * NULL. */
void expect_from_us(const struct outcome *outcome, const struct ledger *ledger, const char *what,
                    ...) __attribute__((sentinel));

#endif
