/*
 * What a source is to random.c.
 */
#ifndef OSRANDOM_SOURCE_H
#define OSRANDOM_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "random.h"

struct source {
    enum random_source kind;
    size_t largest_draw; /* larger ones go to the next source, which is faster then; 0: no limit */
    bool counts;         /* draw() keeps the tally itself, in the stripe that it holds */
    /* 0, or the positive errno for which the source cannot serve. */
    int (*start)(void);
    /* The number of bytes drawn, which may be fewer than asked, or a negative errno; -EAGAIN when
     * it is only this draw that the next source must serve. */
    long (*draw)(unsigned char *buffer, size_t length);
};

extern const struct source linux_vdso, linux_getrandom, getentropy_source, dev_urandom;
extern const struct source windows_bcrypt, windows_crypt;

/* Whom random_start() was told to notify; before that and without one, nobody. */
extern random_notify_function *_Atomic random_notify;

/* RANDOM_STRIPES of them. The last is for all who hold no stripe, and takes atomic additions. */
extern struct random_tally *_Atomic random_stripes;

#endif
