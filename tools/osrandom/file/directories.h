/*
 * The directories in which a loader looks last: the system's.
 */
#ifndef OSRANDOM_DIRECTORIES_H
#define OSRANDOM_DIRECTORIES_H

/* With colons between, in memory that free() takes. loader is its path, or NULL for a static
 * program. */
char *directories_of(const char *loader);

#endif
