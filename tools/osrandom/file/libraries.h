/*
 * The libraries that a program is linked to, found where ld.so(8) looks, without running anything.
 */
#ifndef OSRANDOM_LIBRARIES_H
#define OSRANDOM_LIBRARIES_H

#include "object.h"

struct libraries {
    struct library {
        const struct object *object; /* of known.h */
        const struct object *needed_by;
    } * found;
    size_t count;
    char **missing; /* names that were not found */
    size_t missing_count;
    bool is_cut;
};

enum { MOST_LIBRARIES = 2000 }; /* more are passed over, and is_cut tells */

/* Those of the program and of its libraries, each once; not the program itself. LD_LIBRARY_PATH
 * counts. */
struct libraries libraries_of(const struct object *program);

/* The same of a module that the program would load. */
struct libraries libraries_of_module(const struct object *module, const struct object *program);

/* The library that the program would get for a plain name; NULL if it is not found. */
const struct object *library_named(const char *name, const struct object *needed_by,
                                   const struct object *program);
void libraries_free(struct libraries *libraries);

/* The object's own loader. Of a library it is not known, but where the machine's usually lies; NULL
 * if that is not either. */
const char *usual_loader(const struct object *object);

#endif
