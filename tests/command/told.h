/*
 * What osrandom explain is expected to tell.
 */
#ifndef OSRANDOM_TESTS_COMMAND_TOLD_H
#define OSRANDOM_TESTS_COMMAND_TOLD_H

#include "words.h"

/* Of the program, in this environment or, with NULL, this machine's: the exit status, the verdict,
 * and a part of the rest unless that is NULL. */
void expect_told(const char *const *env, const char *program, int status, const char *verdict,
                 const char *fact);

/* A copy without its symbols. */
const char *stripped(const char *program, const char *name);

#endif
