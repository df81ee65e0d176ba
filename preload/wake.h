/*
 * The rest of OpenSSL 3 and 4 that a draw wakes up.
 *
 * With a generator of OpenSSL's own, a program's first draw in a library context fetches an
 * algorithm, and that loads openssl.cnf (in the default context) and activates the fallback
 * provider "default", unless the program has chosen providers before. A method's draw fetches
 * nothing, so a program that draws, and then loads the provider "legacy", would be left without
 * SHA-256. So the first draw in each context asks for its providers (OSSL_PROVIDER_do_all()), which
 * does the same.
 *
 * Nothing waits here for what may never come: in a signal handler (while a signal is blocked that
 * has one), in a child that was forked by one of several threads, and after OPENSSL_cleanup(),
 * nothing is woken; a later draw does it. Thread and signal safe therefore; errno and OpenSSL's
 * error queue are left alone.
 */
#ifndef OSRANDOM_WAKE_H
#define OSRANDOM_WAKE_H

#include <stdatomic.h>
#include <stdbool.h>

#include "libcrypto.h"
#include "status.h"

/* Whether draws wake it: whether they are ours. */
static inline bool wakes(const struct libcrypto *libcrypto)
{
    return libcrypto->pin == PIN_HELD || libcrypto->pin == PIN_DRAWS;
}

/* It has just been pinned. */
void wake_expect(struct libcrypto *libcrypto);

/* A draw, or what wakes on stock as a draw does, is about to be served. context: NULL for the
 * default. */
void wake(struct libcrypto *libcrypto, OSSL_LIB_CTX *context);

/* The program has asked for the method: on stock that reads the configuration, where there are
 * engines. */
void wake_method_asked(struct libcrypto *libcrypto);

/* The program has made it, perhaps where another one lay that has been woken. */
void wake_new_context(OSSL_LIB_CTX *context);

/* Whether a draw may have something to wake. */
extern _Atomic bool wake_pending;

#endif
