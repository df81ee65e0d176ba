/*
 * Which shim a loader would take, of the names in LD_PRELOAD and /etc/ld.so.preload.
 */
#ifndef OSRANDOM_PRESET_H
#define OSRANDOM_PRESET_H

#include <stdbool.h>
#include <stddef.h>

#include "object.h"

/* An entry of such a list that names a shim, by a path or not. */
bool preset_is_shim(const char *entry, size_t length);

/* The file that the program's loader would load for the entry, $LIB expanded, if it is there and
 * for the program's architecture; NULL if not. In memory that free() takes. */
char *preset_file(const char *entry, size_t length, const struct object *program);

enum preset {
    PRESET_NONE,
    PRESET_UNFIT,   /* a shim that is not there, or for another architecture */
    PRESET_BY_NAME, /* a bare name, which the loader refuses in secure execution */
    PRESET_HONOURED,
};

/* What /etc/ld.so.preload has for the program. musl reads no such file. */
enum preset preset_of(const struct object *program);

#endif
