/*
 * What the tests of the command share: running it, judging what it said, files to try it on.
 */
#ifndef OSRANDOM_TESTS_COMMAND_WORDS_H
#define OSRANDOM_TESTS_COMMAND_WORDS_H

#include <stdbool.h>
#include <sys/types.h>

#include "spawn.h"
#include "text.h"

/* osrandom(env, "run", "true", NULL) */
struct outcome osrandom(const char *const *env, ...) __attribute__((sentinel));

/* A shell script, in which $OSRANDOM is the command and $SHIM the shim; its arguments are $1... */
struct outcome shell(const char *script, ...) __attribute__((sentinel));

/* It ended with this status; out and err, unless NULL, are parts of what it wrote. An empty text
 * stands for nothing at all. */
void expect(const struct outcome *outcome, int status, const char *out, const char *err,
            const char *lost);

/* A directory that is removed when the test ends. */
const char *directory(void);

/* Files below it: of a text, with these permissions, or a copy of another. Answer the path. */
char *file_of(const char *name, const char *text, mode_t mode);
char *copy_of(const char *from, const char *name, mode_t mode);

/* The test's teardown: removes the directory. */
void clean_up(void);

#endif
