/*
 * Pins the method in the OpenSSLs of the process, and knows which of them a call is for.
 *
 * errno is left alone throughout. Nothing here may be called while a lock of OpenSSL is held.
 */
#ifndef OSRANDOM_ACTIVATE_H
#define OSRANDOM_ACTIVATE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "libcrypto.h"

/* Pins every OpenSSL that is mapped; at the program's start. */
void activate_all(void);

/* Pins the OpenSSL whose initialiser, running in this thread, contains the address. */
void activate_initialising(const void *address);

/* Prepares platform/, once, with OSRANDOM_SOURCE. */
void start_sources(void);

/* Pins it again, after a call that has undone it, or that asks for the default method. */
void pin_again(struct libcrypto *libcrypto);

/* The program's own method is in force there now (OSRANDOM_ON_SWAP=allow). */
void pin_given_up(struct libcrypto *libcrypto);

/*
 * One of the pinned OpenSSLs as long as all that are known are pinned, else NULL: while it is set,
 * draws are served without another look.
 */
extern struct libcrypto *_Atomic all_pinned;

/* The OpenSSL that a caller means, found and pinned if it came in unnoticed; NULL if there is none.
 */
struct libcrypto *libcrypto_meant(const void *caller, const char *symbol);

/* The same for draws: a call site is looked up once. */
struct libcrypto *libcrypto_meant_by_draw(const void *caller, const char *symbol);

/* The same, or any pinned one when all are. */
static inline struct libcrypto *libcrypto_meant_quickly(const void *caller, const char *symbol)
{
    struct libcrypto *any = atomic_load_explicit(&all_pinned, memory_order_acquire);

    return any ? any : libcrypto_meant_by_draw(caller, symbol);
}

/* Whether the caller is part of a pinned OpenSSL. Known without the loader, whose lock may have
 * been left taken in a forked child: OPENSSL_cleanup() asks for the default method there too, at
 * exit. */
bool is_inside_pinned(const void *caller);

/* Whether a call is to be handed on to it, since nothing of ours is pinned there. */
static inline bool left_alone(const struct libcrypto *libcrypto)
{
    return libcrypto && libcrypto->pin >= PIN_GIVEN;
}

#endif
