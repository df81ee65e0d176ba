/*
 * strcmp() == 0, which needs a C library.
 */
#ifndef OSRANDOM_SAME_TEXT_H
#define OSRANDOM_SAME_TEXT_H

#include <stdbool.h>

static inline bool same_text(const char *one, const char *other)
{
    while (*one && *one == *other) {
        one++;
        other++;
    }
    return *one == *other;
}

#endif
