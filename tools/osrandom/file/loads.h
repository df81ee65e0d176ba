/*
 * What a program and its libraries may load while they run, as far as files tell.
 */
#ifndef OSRANDOM_LOADS_H
#define OSRANDOM_LOADS_H

#include "libraries.h"

/* What an object, with all that it is linked to, would add to a process; the gravest. */
enum brought {
    BRINGS_NOTHING,
    BRINGS_OPENSSL,  /* one that the shim pins when it is loaded */
    BRINGS_GUARDED,  /* a hidden one without symbols */
    BRINGS_UNPINNED, /* one that takes no method, or that is not noticed */
};

/* The OpenSSL in one object alone. */
enum brought brought_inside(const struct object *object);

struct loads {
    bool unknown_modules; /* anything may be loaded */
    enum brought known;   /* the gravest of the libraries and modules that are known */
    char **facts;         /* a clause each, in memory that free() takes, as is the list */
    size_t fact_count;
};

struct loads loads_of(const struct object *program, const struct libraries *libraries);

#endif
