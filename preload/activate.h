/*
 * Pins the method in the OpenSSLs of the process, and keeps it there.
 *
 * That OpenSSL draws from us is no memory of ours but a fact: the word in its data where it keeps
 * its method holds the address of ours. That word is found at the pin and looked at ever after.
 *
 * errno is left alone throughout. Nothing here may be called while a lock of OpenSSL is held.
 */
#ifndef OSRANDOM_ACTIVATE_H
#define OSRANDOM_ACTIVATE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "libcrypto.h"
#include "method.h"
#include "settings.h"

/* Pins every OpenSSL that is mapped; at the program's start. */
void activate_all(void);

/* Pins the OpenSSL whose initialiser, running in this thread, contains the address, and asks for
 * the variable of this name. */
void activate_initialising(const void *address, const char *name);

/* Pins it if that has not been done; handed through, NULL too. */
struct libcrypto *pinned(struct libcrypto *libcrypto);

/* Forgets those that were unloaded, and pins those whose pin a fork cut off. */
void activate_put_in_order(void);

/* Looks whether this one, which the caller is linked to, was swapped past the shim: then our method
 * is put back, unless OSRANDOM_ON_REPLACE=allow. */
void activate_check(struct libcrypto *libcrypto);

/* Another method, engine or generator was kept out: counts it, says so once, and stops the process
 * if OSRANDOM_ON_REPLACE=abort. Answers what the program is to be told. Nothing goes on OpenSSL's
 * error queue: a stale entry there makes a later SSL_get_error() report a failure that never was.
 */
int swap_kept_out(const char *what, const char *by);

/* Prepares platform/, once, with OSRANDOM_SOURCE. */
void start_sources(void);

/* Puts our method back, after a call that has undone it, or that asks for the default method. */
void pin_again(struct libcrypto *libcrypto);

/* To be called after a change of who serves: a method was let in, an OpenSSL was woken. */
void activate_note_changes(void);

/* Whether the method in force there is ours. Only of one that is known to be loaded. */
bool holds(const struct libcrypto *libcrypto);

/*
 * Where to look whether all draws are ours: as long as this word holds our method's address, they
 * are, whoever draws. It is the method word of the only OpenSSL, or stands for several.
 */
extern const struct rand_method *const volatile *_Atomic all_held;

/* The only OpenSSL, as long as there is one that is never unloaded; else NULL. */
extern struct libcrypto *_Atomic only_libcrypto;

/* Whether a call is to be handed on to it, since nothing of ours is pinned there. Only of one that
 * is known to be loaded, or NULL. */
static inline bool left_alone(const struct libcrypto *libcrypto)
{
    return libcrypto && (libcrypto->pin >= PIN_GIVEN ||
                         (libcrypto->pin == PIN_HELD && settings.on_replace == REPLACE_ALLOW &&
                          !holds(libcrypto)));
}

#endif
