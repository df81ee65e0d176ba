/*
 * Stock beside the shim: what a program finds after a call must be the same.
 */
#ifndef OSRANDOM_TESTS_HARMLESS_H
#define OSRANDOM_TESTS_HARMLESS_H

#include "ways.h"

/* OSRANDOM_MODE=..., each mode once, then NULL. */
extern const char *const modes[];

/* A file in /tmp with this text; unlink() and free() are the caller's. */
char *file_with(const char *text);

/* A setting that names the tree's provider modules. In memory that is not freed. */
const char *modules_of(const struct tree *tree);

/* Both have the same lines "name=value"; up to ten that differ are shown. loss: what a user loses.
 */
void expect_same_lines(const char *what, const char *loss, const struct outcome *stock,
                       const struct outcome *shim);

/* The outcome of a probe that cannot run here skips the test, with the reason that it printed. */
void skip_if_it_cannot_run(const struct outcome *outcome);

/* "openssl-3.0, linked, OSRANDOM_MODE=builtin"; the last answer's memory is reused. */
const char *described_with(const struct way *way, const char *setting);

#endif
