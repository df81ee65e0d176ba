/*
 * OpenSSLs inside objects that export none of it: Python wheels, Rust and C++ builds, FIPS
 * providers.
 *
 * Their initialisers give the signal as well. A copy whose file, or debug file, has its symbols is
 * pinned like any other, and proves at the pin that it draws by the method: link-time optimisation
 * may have left a setter that nothing reads. Any other is put under guard (guard.h), unless it lies
 * in the program itself, whose own calls could not be told from its. BoringSSL and AWS-LC are left
 * alone.
 */
#ifndef OSRANDOM_HIDDEN_H
#define OSRANDOM_HIDDEN_H

#include <stdbool.h>

#include "libcrypto.h"
#include "loaded.h"

/* The copy in an object whose initialiser, running in this thread, contains the caller, and asks
 * for the variable of this name: entered, to be pinned, or in a state already if it cannot be,
 * which is reported. NULL if it is none, or OSRANDOM_MODE leaves all alone. */
struct libcrypto *hidden_enter(const struct loaded *loaded, const void *caller, const char *name);

/* Whether the copy, in which our method has just been set, draws by it. If not, the method is taken
 * back. */
bool hidden_draws_by_method(const struct libcrypto *libcrypto);

/* It could not be pinned after all: its state now. */
enum pin_state hidden_refused(const struct libcrypto *libcrypto);

#endif
