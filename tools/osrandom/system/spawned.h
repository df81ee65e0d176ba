/*
 * A program that is run to see what becomes of it: no terminal, no input, an environment of its
 * own, and an end after some seconds whatever it does.
 */
#ifndef OSRANDOM_SPAWNED_H
#define OSRANDOM_SPAWNED_H

#include <stdbool.h>

enum { NOBODY = 65534 };

struct spawn_wish {
    const char *const *argv;    /* ends with NULL; a name without a slash is looked for in PATH */
    const char *const *setting; /* NAME=VALUE, ends with NULL; or NULL */
    bool as_nobody;
    unsigned int seconds; /* it is killed after so many; 0: 10 */
};

struct spawned {
    int status; /* of waitpid(2); -1: it could not be started, out says why */
    bool timed_out;
    char *out; /* standard output and standard error; at most 64 KiB; for free() */
};

struct spawned spawn(const struct spawn_wish *wish);

/* It ended by itself, with exit status 0. */
bool spawned_well(const struct spawned *spawned);

/* What became of it, a clause: "is killed by signal 11". Static. */
const char *spawned_end(const struct spawned *spawned);

#endif
