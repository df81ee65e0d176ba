/*
 * What a source is to random.c.
 */
#ifndef OSRANDOM_SOURCE_H
#define OSRANDOM_SOURCE_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>

#include "random.h"

struct source {
    enum random_source kind;
    bool counts; /* draw() keeps the tally itself */
    /* 0, or the positive errno for which the source cannot serve. */
    int (*start)(void);
    /* The number of bytes drawn, which may be fewer than asked, or a negative errno; -EAGAIN when
     * it is only this draw that the next source must serve. Fewer than asked are a piece: the draw
     * is counted with the last one. */
    long (*draw)(unsigned char *buffer, size_t length);
    /* random_fill() while this source is the first one: random_fill_any(), or a short cut to it. */
    int (*fill)(void *buffer, size_t length);
};

/* What each source can do: begins with the first one, and falls to the next when one fails. */
int random_fill_any(void *buffer, size_t length);

/* The same for a draw of which this source has been asked already, with what it answered; or
 * ASK_AGAIN, if it has not. */
enum { ASK_AGAIN = -EINTR };
int random_fill_after(const struct source *source, long answer, void *buffer, size_t length);

extern const struct source linux_vdso, linux_getrandom, getentropy_source, dev_urandom;
extern const struct source windows_bcrypt, windows_crypt;

/* Whom random_start() was told to notify; before that and without one, nobody. */
extern random_notify_function *_Atomic random_notify;

/* RANDOM_STRIPES of them. The last is for all who hold no stripe, and takes atomic additions. */
extern struct random_tally *_Atomic random_stripes;

/* Counts a piece of a draw in the last stripe, the last piece as the draw. */
void random_count(size_t bytes, bool last);

#endif
