/*
 * By what the loader binds one object's call to another: the names that an object asks for, the
 * versions that it asks for and offers, and the libraries that it names.
 *
 * Formats: elf(5), and "Symbol Versioning" of the Linux Standard Base. Pure functions over the
 * object's own tables, each access checked as in elf_image.h.
 */
#ifndef OSRANDOM_ELF_BINDING_H
#define OSRANDOM_ELF_BINDING_H

#include "elf_image.h"

/* Whether the object asks for a function of this name without defining it. version is the hash of
 * the version that it wants (elf_hash_of()), 0 if any will do. */
bool elf_imports(const struct elf_image *image, const char *name, uint32_t *version);

/* The hashes of the versions that it offers; returns how many, at most most. */
size_t elf_versions(const struct elf_image *image, uint32_t *hashes, size_t most);

/* Whether it needs the library whose name has this hash. */
bool elf_needs(const struct elf_image *image, uint32_t hash);

/* Whether a file of this name, as libcrypto.so.3.0.7, may be one of them, as libcrypto.so.3. */
bool elf_may_need(const struct elf_image *image, const char *file);

/* Visits what the loader has written where it was asked for a name: where the object's calls lead,
 * among others. symbol tells the name. */
void elf_each_bound(const struct elf_image *image,
                    void (*visit)(uintptr_t word, size_t symbol, void *context), void *context);

/* The name of a symbol that it asks for; NULL if there is none. */
const char *elf_symbol_name(const struct elf_image *image, size_t symbol);

/* Whether the loader never unloads it (DF_1_NODELETE): true of libcrypto since 1.1.1. */
bool elf_is_permanent(const struct elf_image *image);

/*
 * Of all that decides how the object's calls are bound: it differs, almost surely, between two
 * objects that lie one after the other at the same place.
 */
uint32_t elf_fingerprint(const struct elf_image *image);

#endif
