/*
 * The ENGINE "osrandom", where OpenSSL has engines (up to 3.x).
 */
#ifndef OSRANDOM_ENGINE_H
#define OSRANDOM_ENGINE_H

#include <stdbool.h>

#include "openssl_abi.h"

/* Which OpenSSL, and a function of it or NULL: libcrypto.h; on Windows module_windows.c. */
struct libcrypto;
void *libcrypto_symbol(const struct libcrypto *libcrypto, const char *symbol);

extern const char engine_id[];

/* Makes of a new engine ours; false if that OpenSSL lacks what it takes. */
bool engine_fill_in(const struct libcrypto *libcrypto, ENGINE *engine);

/*
 * Adds it to the engine list, once. Only when a program looks for engines: adding one ends
 * CRYPTO_set_mem_functions() in 1.0.2, registers OPENSSL_cleanup() with atexit() in 1.1.x, and
 * costs some 60 allocations in 3.0.
 */
void engine_register(struct libcrypto *libcrypto);

/* Whether an engine's RAND method is ours. */
bool engine_is_ours(const struct libcrypto *libcrypto, const ENGINE *engine);

/* Whether the program, or its configuration, has made ours the default. */
bool engine_is_default(const struct libcrypto *libcrypto);

/* Takes it out of the table of engines that serve RAND without having been asked to. */
void engine_unregister_rand(const struct libcrypto *libcrypto);

#endif
