/*
 * Which processes osrandom status looks at.
 */
#ifndef OSRANDOM_STATUS_CHOICE_H
#define OSRANDOM_STATUS_CHOICE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "process/identity.h"

struct choice {
    const char *user, *unit, *program; /* NULL: any; the last two are patterns */
    char **pids;                       /* ends with NULL; NULL: all processes */
};

/* The number of a process; false if the text is none. */
bool choice_parse(const char *text, pid_t *pid);

/* Those that are named, or all there are, by their numbers; NULL if /proc cannot be read. In memory
 * that free() takes. */
pid_t *choice_processes(const struct choice *choice, size_t *count);

bool choice_wants(const struct choice *choice, const struct identity *identity);

#endif
