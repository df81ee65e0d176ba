/*
 * Symbols of an ELF object that is mapped into this process, read from its own tables.
 *
 * No dlopen(), no dlsym(): it works for objects loaded with RTLD_LOCAL, for the vDSO, under any C
 * library and before the shim's own constructor. Every table access is checked against the
 * object's readable PT_LOAD segments, so that a damaged table gives "no such symbol", not a crash.
 *
 * Formats: elf(5), the System V gABI (DT_HASH), and binutils' DT_GNU_HASH.
 * Thread and signal safety: pure functions over memory that must stay mapped meanwhile.
 */
#ifndef OSRANDOM_ELF_IMAGE_H
#define OSRANDOM_ELF_IMAGE_H

#include <link.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The word of DT_HASH: 64 bits on s390x, by that machine's ABI. */
#if defined(__s390x__)
typedef uint64_t sysv_word;
#else
typedef uint32_t sysv_word;
#endif

struct elf_image {
    uintptr_t base; /* what is added to the file's virtual addresses */
    const ElfW(Phdr) *headers;
    size_t header_count;
    const ElfW(Dyn) *dynamic;
    size_t dynamic_count;
    uintptr_t symbols;
    uintptr_t strings;
    size_t strings_size;
    uintptr_t gnu_hash;  /* 0: none */
    uintptr_t sysv_hash; /* 0: none */
};

/* False if the object has no usable dynamic symbol table. */
bool elf_image_read(struct elf_image *image, uintptr_t base, const ElfW(Phdr) *headers,
                    size_t header_count);

/* The same for an object whose ELF header is mapped at this address, such as the vDSO; the program
 * headers must lie in the same page. The first only says where its segments are. */
bool elf_image_starts_at(struct elf_image *image, const ElfW(Ehdr) *header);
bool elf_image_read_at(struct elf_image *image, const ElfW(Ehdr) *header);

/* As the first, with its program headers elsewhere, where they can be read. False if they do not
 * say themselves that they lie there. */
bool elf_image_starts_with(struct elf_image *image, const ElfW(Ehdr) *header,
                           const ElfW(Phdr) *headers);

/* The address of a defined function or object, NULL if there is none. Versions are not looked at:
 * nothing that is asked for here exists in two of them. */
void *elf_image_symbol(const struct elf_image *image, const char *name);

/* The lowest address of its segments, where its first line in /proc/PID/maps begins; never 0,
 * unlike the base of a program that is not PIE. */
uintptr_t elf_image_start(const struct elf_image *image);

/* The first address behind its segments. */
uintptr_t elf_image_end(const struct elf_image *image);

/* Whether an address lies in one of the object's segments. */
bool elf_image_contains(const struct elf_image *image, const void *address);

/* Whether length bytes at an address lie in one of its readable segments. */
bool elf_image_readable(const struct elf_image *image, uintptr_t address, size_t length);

/* A whole string of its string table, or NULL. */
const char *elf_image_string(const struct elf_image *image, size_t offset);

/* Whether the string there is this one. */
bool elf_image_string_is(const struct elf_image *image, size_t offset, const char *wanted);

/* The System V hash of a name: of DT_HASH, and of versions. */
uint32_t elf_hash_of(const char *name);

/* DT_SONAME, NULL if the object has none. */
const char *elf_image_soname(const struct elf_image *image);

#endif
