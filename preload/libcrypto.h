/*
 * The OpenSSLs of this process: found by what they export, not by name, so that an executable that
 * carries OpenSSL inside counts as one.
 *
 * The table takes no lock: an entry belongs to the thread that has claimed it until it is ready.
 * Another thread may be in dlopen() or dlclose() at any moment, and its object not yet relocated or
 * already going, so only those objects are entered of which the caller knows that they are whole:
 * all at the program's start, the one whose initialiser is running, and the one that running code
 * is part of or linked to.
 */
#ifndef OSRANDOM_LIBCRYPTO_H
#define OSRANDOM_LIBCRYPTO_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "elf_image.h"
#include "openssl_abi.h"

enum { MOST_LIBCRYPTOS = 8 };

enum pin_state {
    PIN_NONE,   /* not tried yet */
    PIN_TRYING, /* a thread is at it */
    PIN_HELD,   /* OpenSSL draws from us */
    /* calls are handed on to it from here on */
    PIN_GIVEN,   /* the program put its own method in, with OSRANDOM_ON_SWAP=allow */
    PIN_LEFT,    /* not pinned: OSRANDOM_MODE says so */
    PIN_REFUSED, /* takes no method: LibreSSL, BoringSSL, or one that we do not know */
};

struct libcrypto {
    _Atomic uintptr_t start;  /* of its segments; claims the entry; 0: empty */
    _Atomic bool ready;       /* the rest holds */
    _Atomic bool has_engine;  /* ours has been registered */
    _Atomic unsigned int pin; /* enum pin_state */
    _Atomic int pinning_thread;
    struct elf_image image;
    unsigned long long subs; /* dlpi_subs when it was entered: unchanged, it is the same object */
    uintptr_t signal; /* from where, behind start, its initialiser calls getenv(); 0: unknown */
    bool before_us;   /* in load order, so that its own calls do not come by the shim */
    const char *path; /* the loader's name of it; "" for the program itself */
    unsigned long version; /* as OpenSSL_version_num() answers; 0 until it was asked */
    struct {               /* the program's own memory functions, kept by mem_hooks.c */
        realloc_function *realloc;
        free_function *free;
    } memory;
};

/* Enters all that are mapped. To be called while no other thread loads or unloads anything. */
void libcrypto_find_all(void);

/*
 * Enters the object whose initialiser, running in this thread, contains the address; NULL if that
 * is no OpenSSL. It is a new one even where an older one stood. Those that are gone lose their
 * entries.
 */
struct libcrypto *libcrypto_find_initialising(const void *address);

/* Enters the one that the code at this address is part of, or that its object is linked to. */
void libcrypto_find_for(const void *address);

/* An entry's index, and the entry whatever its state. */
size_t libcrypto_index(const struct libcrypto *libcrypto);
struct libcrypto *libcrypto_slot(size_t index);

/* Entry index, or NULL if it is empty or not ready. index < MOST_LIBCRYPTOS. */
struct libcrypto *libcrypto_at(size_t index);

/*
 * The one that code at this address means: the only one; or the one that it is part of or that its
 * object is linked to; or the first that has the symbol. NULL if the table is empty.
 */
struct libcrypto *libcrypto_for(const void *address, const char *symbol);

/* A function of it, or NULL. */
void *libcrypto_symbol(const struct libcrypto *libcrypto, const char *symbol);

/* As "OpenSSL 3.0.19 27 Jan 2026". */
const char *libcrypto_version_text(const struct libcrypto *libcrypto);

/* The file that holds an address, as the loader names it; the program's name for itself. */
const char *libcrypto_object_name(const void *address);

/* The getenv() that the host would call without the shim; NULL before libcrypto_find_all(). */
typedef char *getenv_function(const char *name);
getenv_function *libcrypto_next_getenv(void);

#endif
