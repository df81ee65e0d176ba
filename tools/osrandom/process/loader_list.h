/*
 * The loader's own list of what it has loaded into a process: struct r_debug and struct link_map
 * of <link.h>, which glibc and musl keep for debuggers.
 */
#ifndef OSRANDOM_LOADER_LIST_H
#define OSRANDOM_LOADER_LIST_H

#include "process.h"

enum listed {
    LISTED,
    NOT_LISTED,
    LIST_UNREADABLE, /* there is none, or it is broken */
};

/* Whether it has the object whose dynamic section lies at this address. */
enum listed loader_lists(struct process *process, uint64_t dynamic);

#endif
