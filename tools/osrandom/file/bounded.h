/*
 * Looking at files that anyone may have written, without being held up or brought down by it.
 */
#ifndef OSRANDOM_BOUNDED_H
#define OSRANDOM_BOUNDED_H

#include <stddef.h>

enum {
    BOUNDED_SECONDS = 30,       /* for one of them */
    BOUNDED_MEMORY = 512 << 20, /* bytes of memory that is written, for all */
};

struct bounded {
    void *context;
    /* Answers 0 to 255; may print. Is called in a child. */
    int (*look)(void *context, size_t index);
    /* look() was given up for this reason, a clause; answers in its place. */
    int (*give_up)(void *context, size_t index, const char *reason);
};

/* Calls look() for 0 to count - 1 and puts the answers into a list. Children that look do not
 * outlive this, but one that waits for a file system that never answers. Where there can be no
 * child, it looks without one. */
void bounded_look(const struct bounded *bounded, size_t count, int answers[]);

#endif
