/*
 * Keeps CRYPTO_set_mem_functions() as useful to the program as it is without the shim.
 *
 * OpenSSL since 1.1.0 accepts other memory functions only before its first allocation, and pinning
 * a method allocates a few locks. Kamailio's TLS module will not start over that; OpenSIPS,
 * stunnel, Dovecot and MariaDB make the same call. A call of custom functions does not end
 * OpenSSL's readiness to take others (crypto/mem.c, 1.1.0 to 4.0): so the pin's blocks are made
 * through wrappers of malloc() and free(), and the original functions are put back. Those blocks
 * live until OPENSSL_cleanup() has told the method that it is through with it, and frees them: if
 * the program has set functions of its own by then, theirs are wrapped, so that our blocks are
 * given back to free(). Nothing of this needs the program's calls to come by the shim.
 */
#ifndef OSRANDOM_MEM_HOOKS_H
#define OSRANDOM_MEM_HOOKS_H

#include <stdbool.h>

#include "libcrypto.h"

struct mem_functions {
    malloc_function *malloc;
    realloc_function *realloc;
    free_function *free;
};

/* Around the pin. begin returns false if there is nothing to put back: the program was earlier than
 * we, or this is 1.0.x, which allocates nothing. */
bool mem_hooks_begin(const struct libcrypto *libcrypto, struct mem_functions *original);
void mem_hooks_end(const struct libcrypto *libcrypto, const struct mem_functions *original);

/* In OPENSSL_cleanup(), before it frees what the pin has made. */
void mem_hooks_close(const struct libcrypto *libcrypto);

/* The entry is about to be pinned for the first time, and may have stood for another OpenSSL. */
void mem_hooks_forget(const struct libcrypto *libcrypto);

#endif
