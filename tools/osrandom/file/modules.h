/*
 * What a library that calls dlopen(), or has others call it, is known to load.
 */
#ifndef OSRANDOM_MODULES_H
#define OSRANDOM_MODULES_H

#include <stdbool.h>
#include <stddef.h>

#include "object.h"

/* False: nothing is known, so that it may load anything. */
bool modules_are_known(const struct object *library);

/* The modules that are installed for it, as paths; NULL and no count if there are none, or if it
 * loads only parts of its own, libraries that its text names, or what its callers ask for. */
char **modules_of(const struct object *library, size_t *count);
void modules_free(char **modules, size_t count);

#endif
