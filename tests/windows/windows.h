/*
 * Programs for Windows, run by Wine.
 */
#ifndef OSRANDOM_TESTS_WINDOWS_H
#define OSRANDOM_TESTS_WINDOWS_H

#include <criterion/criterion.h>

#include "spawn.h"

/* Runs tests/windows/wine with these words. The test is skipped, with the reason, where Wine or the
 * compiler for Windows is missing; OSRANDOM_TEST_ALL=1 fetches Wine. */
struct outcome wine_run(const char *const *env, const char *const *words);

/* A line "name=value" of the output has this value; what is what the user would lose otherwise. */
void expect_value(const struct outcome *outcome, const char *name, const char *value,
                  const char *what);

/* The path of a built file, or a skipped test, with the reason, if there is no mingw-w64. */
const char *windows_file(const char *name);

#endif
