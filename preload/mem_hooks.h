/*
 * Keeps CRYPTO_set_mem_functions() as useful to the program as it is without the shim.
 *
 * OpenSSL since 1.1.0 accepts other memory functions only before its first allocation, and pinning
 * a method allocates a few locks. Kamailio's TLS module will not start over that; OpenSIPS,
 * stunnel, Dovecot and MariaDB make the same call.
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

/*
 * Around the pin: a call of custom functions does not end OpenSSL's readiness to take others
 * (crypto/mem.c, 1.1.0 to 4.0), so the pin's blocks are made through wrappers of malloc() and
 * free(), and the original functions are put back afterwards. begin returns false if there is
 * nothing to put back: the program was earlier than we, this is 1.0.x, which allocates nothing, or
 * the program's call would not come by the shim: then it is answered 0, and no early block meets
 * its free().
 */
bool mem_hooks_begin(const struct libcrypto *libcrypto, struct mem_functions *original);
void mem_hooks_end(const struct libcrypto *libcrypto, const struct mem_functions *original);

/*
 * What the program's own call does: its realloc and free are wrapped, so that the early blocks,
 * which malloc() made, are given back to free() when OpenSSL releases them at exit.
 */
int mem_hooks_set(struct libcrypto *libcrypto, malloc_function *their_malloc,
                  realloc_function *their_realloc, free_function *their_free);

/* The entry is about to stand for another OpenSSL. */
void mem_hooks_forget(struct libcrypto *libcrypto);

/* The functions that the program has set, not their wrappers. */
void mem_hooks_get(struct libcrypto *libcrypto, malloc_function **their_malloc,
                   realloc_function **their_realloc, free_function **their_free);

#endif
