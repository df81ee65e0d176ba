/*
 * Pins the method in every OpenSSL of the process, and knows who is to serve a call.
 */
#ifndef OSRANDOM_ACTIVATE_H
#define OSRANDOM_ACTIVATE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "libcrypto.h"

/*
 * Looks for OpenSSLs that were mapped since the last look, and pins them. initialising as in
 * libcrypto_look(). Returns at once if another thread, or an interrupted frame of this one, is at
 * it: that one looks again. errno is left alone. Not to be called while holding a lock of OpenSSL.
 */
void activate(const void *initialising);

/* Prepares platform/, once, with OSRANDOM_SOURCE. */
void start_sources(void);

/* Pins it again, after a call that has undone it, or that asks for the default method. */
void pin_again(struct libcrypto *libcrypto);

/* The program's own method is in force there now (OSRANDOM_ON_SWAP=allow). */
void pin_given_up(struct libcrypto *libcrypto);

/*
 * One of the pinned OpenSSLs as long as all that are mapped are pinned, else NULL: while it is set,
 * calls are served without another look.
 */
extern struct libcrypto *_Atomic all_pinned;

/* The OpenSSL that a caller means, after another look; NULL if there is none in the process. */
struct libcrypto *libcrypto_meant_slowly(const void *caller, const char *symbol);

/* The same, or any pinned one when all are. */
static inline struct libcrypto *libcrypto_meant(const void *caller, const char *symbol)
{
    struct libcrypto *any = atomic_load_explicit(&all_pinned, memory_order_relaxed);

    return any ? any : libcrypto_meant_slowly(caller, symbol);
}

/* Whether a call is to be handed on to it, since nothing of ours is pinned there. */
static inline bool left_alone(const struct libcrypto *libcrypto)
{
    return libcrypto && libcrypto->pin >= PIN_GIVEN;
}

#endif
