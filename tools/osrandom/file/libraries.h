/*
 * The libraries that a program is linked to, found where ld.so(8) looks, without running anything.
 */
#ifndef OSRANDOM_LIBRARIES_H
#define OSRANDOM_LIBRARIES_H

#include "object.h"

struct libraries {
    struct library {
        struct object *object;
        const struct object *needed_by;
    } * found;
    size_t count;
    char **missing; /* names that were not found */
    size_t missing_count;
};

/* Those of the program and of its libraries, each once; not the program itself. LD_LIBRARY_PATH
 * counts. */
struct libraries libraries_of(const struct object *program);
void libraries_free(struct libraries *libraries);

#endif
