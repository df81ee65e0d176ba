/*
 * Objects that were read already: most programs share most of their libraries.
 */
#ifndef OSRANDOM_KNOWN_H
#define OSRANDOM_KNOWN_H

#include "object.h"

/* As object_of(); it stays the cache's, until the program ends. NULL is remembered as well. */
const struct object *known_object(const char *path);

#endif
