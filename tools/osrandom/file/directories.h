/*
 * The directories in which a loader looks last: the system's.
 */
#ifndef OSRANDOM_DIRECTORIES_H
#define OSRANDOM_DIRECTORIES_H

/* With colons between, in memory that free() takes. loader is its path, or NULL for a static
 * program. */
char *directories_of(const char *loader);

/* What $LIB stands for in the lists of a glibc's loader: "lib/x86_64-linux-gnu", "lib64" or "lib".
 * In memory that free() takes. */
char *loaders_lib(const char *loader);

#endif
