/*
 * Memory and texts that may be taken for granted: without memory the program ends.
 */
#ifndef OSRANDOM_MEMORY_H
#define OSRANDOM_MEMORY_H

#include <stddef.h>

/* An array with room for one more element than count. */
void *grown(void *array, size_t count, size_t size);

/* printf() into memory that free() takes. */
char *text_of(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
