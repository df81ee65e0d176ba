/*
 * Which OpenSSL a call is for: the one that the loader would have bound it to, had the shim not
 * come first.
 *
 * The call comes from an object, which asks for the function by name, and mostly by version; the
 * loader takes the first object of the program's start that offers it, else one that the caller's
 * object is linked to. A call that does not come from where it seems to (a tail call) or that asks
 * nobody (a pointer from dlsym()) is given to whom those mean who ask; see whom.c.
 *
 * No path waits for a lock; safe in threads, signal handlers and forked children.
 */
#ifndef OSRANDOM_WHOM_H
#define OSRANDOM_WHOM_H

#include "activate.h"
#include "libcrypto.h"
#include "wake.h"

/* Call sites that were looked at, by their pages: a newcomer that no signal has announced is
 * noticed when code that is linked to it calls. */
enum { SEEN_PAGES = 256, PAGE_SHIFT = 12 };
extern _Atomic uintptr_t seen_pages[SEEN_PAGES];

static inline bool is_seen(const void *caller)
{
    uintptr_t page = (uintptr_t)caller >> PAGE_SHIFT;
    size_t place = page % SEEN_PAGES;

    return atomic_load_explicit(&seen_pages[place], memory_order_relaxed) == page ||
           atomic_load_explicit(&seen_pages[place ^ 1], memory_order_relaxed) == page;
}

/* The only OpenSSL, where there is no need to look; else NULL. */
static inline struct libcrypto *whom_known(const void *caller)
{
    struct libcrypto *only = atomic_load_explicit(&only_libcrypto, memory_order_acquire);

    return only && is_seen(caller) && (only->pin != PIN_HELD || holds(only)) ? only : NULL;
}

/* The one that a call is for, after a look: found and pinned if it came in unnoticed. NULL if there
 * is none. */
struct libcrypto *whom_by_look(const void *caller, enum function function);

static inline struct libcrypto *whom(const void *caller, enum function function)
{
    struct libcrypto *known = whom_known(caller);

    return known ? known : whom_by_look(caller, function);
}

/* For a draw, or what wakes on stock as a draw does: sources are prepared, the context is woken. */
struct libcrypto *whom_draw(const void *caller, enum function function, OSSL_LIB_CTX *context);

/* Whether a draw is ours and needs no look: nothing is to be woken, and nobody left alone. */
static inline bool is_ours_at_once(const void *caller)
{
    return *atomic_load_explicit(&all_held, memory_order_acquire) == &osrandom_method &&
           !atomic_load_explicit(&wake_pending, memory_order_relaxed) && is_seen(caller);
}

#endif
