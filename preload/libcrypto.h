/*
 * The OpenSSLs of this process: found by what they export, not by name, so that an executable that
 * carries OpenSSL inside counts as one.
 */
#ifndef OSRANDOM_LIBCRYPTO_H
#define OSRANDOM_LIBCRYPTO_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "elf_image.h"
#include "openssl_abi.h"

enum { MOST_LIBCRYPTOS = 8, MOST_EARLY_BLOCKS = 8 };

enum pin_state {
    PIN_NONE, /* not tried yet */
    PIN_HELD, /* OpenSSL draws from us */
    /* calls are handed on to it from here on */
    PIN_GIVEN,   /* the program put its own method in, with OSRANDOM_ON_SWAP=allow */
    PIN_LEFT,    /* not pinned: OSRANDOM_MODE says so */
    PIN_REFUSED, /* takes no method: LibreSSL, BoringSSL, or one that we do not know */
};

struct libcrypto {
    struct elf_image image;
    const char *path;      /* the loader's name of it; "" for the program itself */
    unsigned long version; /* as OpenSSL_version_num() answers */
    struct {               /* kept by mem_hooks.c */
        void *early_blocks[MOST_EARLY_BLOCKS];
        realloc_function *realloc; /* the program's own */
        free_function *free;
    } memory;
    enum pin_state pin;
    _Atomic bool has_engine; /* ours has been registered */
    _Atomic bool mapped;     /* set last, when the rest holds */
};

/*
 * Brings the table up to date. initialising is an address inside an object whose initialiser runs
 * at this moment, or NULL: such an object is a new one even where an older one stood. Returns false
 * if nothing has changed. Not safe against itself: activate.c holds its lock.
 */
bool libcrypto_look(const void *initialising);

/* Makes the next look a full one: the last one's work was cut off. */
void libcrypto_look_afresh(void);

/* Entry index, or NULL if nothing is mapped there. index < MOST_LIBCRYPTOS. */
struct libcrypto *libcrypto_at(size_t index);

/*
 * The one that code at this address means: the only one; or the one that holds the code, or that
 * the object with the code needs; or the first that has the symbol. NULL if there is none.
 */
struct libcrypto *libcrypto_for(const void *address, const char *symbol);

/* A function of it, or NULL. */
void *libcrypto_symbol(const struct libcrypto *libcrypto, const char *symbol);

/* As "OpenSSL 3.0.19 27 Jan 2026". */
const char *libcrypto_version_text(const struct libcrypto *libcrypto);

/* The file that holds an address, as the loader names it; the program's name for itself. */
const char *libcrypto_object_name(const void *address);

/* The getenv() that the host would call without the shim, NULL until an object with one was seen.
 */
typedef char *getenv_function(const char *name);
getenv_function *libcrypto_next_getenv(void);

#endif
