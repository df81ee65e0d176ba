/*
 * Descriptor 2 in the hands of a test.
 */
#ifndef OSRANDOM_TESTS_STDERR_PIPE_H
#define OSRANDOM_TESTS_STDERR_PIPE_H

#include <sys/types.h>

/* Puts a pipe in the place of descriptor 2; returns its reading end, which does not wait. */
int stderr_pipe(void);

/* All that lies in it, as text; empty if nothing does. */
const char *pipe_text(int reader);

/* What report() begins a line with in that process. */
const char *line_start(pid_t process);

#endif
