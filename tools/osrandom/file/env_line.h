/*
 * What env(1) would do, called by a #! line.
 */
#ifndef OSRANDOM_ENV_LINE_H
#define OSRANDOM_ENV_LINE_H

#include <stdbool.h>

/*
 * The program that env would start, of the one argument that a #! line can have; without -S that is
 * a name, blanks and all. NULL if there is none, or if the line is not understood, with *error, a
 * clause for "the interpreter ...". *clears_preload is set if LD_PRELOAD is taken away, or set to
 * what is no shim, on the way. Writes into the argument.
 */
char *env_line_program(char *argument, bool *clears_preload, const char **error);

#endif
