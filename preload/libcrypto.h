/*
 * The table of this process's OpenSSLs.
 *
 * It takes no lock: an entry belongs to the thread that has claimed it until it is ready. Who
 * enters an object, and when, is find.h's matter.
 */
#ifndef OSRANDOM_LIBCRYPTO_H
#define OSRANDOM_LIBCRYPTO_H

#include <link.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "elf_image.h"
#include "openssl_abi.h"
#include "status.h"

enum { MOST_LIBCRYPTOS = 8 };

struct libcrypto {
    _Atomic uintptr_t start; /* of its segments; claims the entry; 0: empty */
    _Atomic uintptr_t end;
    _Atomic uintptr_t identity;      /* of the image: see libcrypto_identity() */
    _Atomic bool ready;              /* the rest holds */
    _Atomic unsigned int has_engine; /* 1: ours has been registered */
    _Atomic int pin; /* enum pin_state; negative: minus the thread that is pinning it */
    struct elf_image image;
    _Atomic uintptr_t subs; /* dlpi_subs when it was entered: unchanged, it is the same object */
    _Atomic uintptr_t
        signal; /* from where, behind start, its initialiser calls getenv(); 0: unknown */
    _Atomic bool with_program; /* loaded at the start: such objects are never unloaded */
    bool before_us;            /* in load order, so that its own calls do not come by the shim */
    const char *_Atomic path;  /* the loader's name of it, while it is mapped; "": the program's */
    _Atomic unsigned long version; /* as OpenSSL_version_num() answers; 0 until it was asked */
    struct {                       /* the program's own memory functions, kept by mem_hooks.c */
        realloc_function *realloc;
        free_function *free;
    } memory;
};

/* An entry's index, and the entry whatever its state. */
size_t libcrypto_index(const struct libcrypto *libcrypto);
struct libcrypto *libcrypto_slot(size_t index);

/* Entry index, or NULL if it is empty or not ready, and where its object starts, or 0. It may be
 * dropped as soon as that is known. index < MOST_LIBCRYPTOS. */
struct libcrypto *libcrypto_at(size_t index);
uintptr_t libcrypto_start(size_t index);

/* The one that the address lies in, or NULL; nothing is read there. */
struct libcrypto *libcrypto_around(const void *address);

/* A function of it, or NULL. */
void *libcrypto_symbol(const struct libcrypto *libcrypto, const char *symbol);

/* As "OpenSSL 3.0.19 27 Jan 2026". */
const char *libcrypto_version_text(const struct libcrypto *libcrypto);

/* Which of them code at this address is part of or linked to, and so cannot outlive, is kept until
 * the table changes: a draw must not go through the loader's lists each time. NULL: not known. */
void libcrypto_remember(const void *address, const struct libcrypto *libcrypto);
struct libcrypto *libcrypto_remembered(const void *address);

/* Differs, almost surely, between images of different files at one place. */
uintptr_t libcrypto_identity(const struct elf_image *image);

/* For find.c, in callbacks of the loader's only. The entry of the object that starts here, NULL if
 * it has none; a new one, NULL if another thread was faster or no place is left; and an entry's
 * beginning and end. */
struct libcrypto *libcrypto_claimed(uintptr_t start);
struct libcrypto *libcrypto_claim(uintptr_t start);
void libcrypto_fill_in(struct libcrypto *entry, const struct elf_image *image,
                       const struct dl_phdr_info *info, bool before_us);
void libcrypto_drop(struct libcrypto *entry);

#endif
