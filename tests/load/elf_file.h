/*
 * Reads an ELF file of this machine's own class, for the questions that image.c asks of the shim.
 */
#ifndef OSRANDOM_TESTS_ELF_FILE_H
#define OSRANDOM_TESTS_ELF_FILE_H

#include <link.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct elf_file {
    const unsigned char *bytes; /* the whole file */
    size_t size;
    const ElfW(Ehdr) *header;
    const ElfW(Sym) *symbols;
    size_t symbol_count;
    const char *names; /* of the symbols */
};

/* Ends the test if it cannot be read. */
struct elf_file *elf_file_read(const char *path);
void elf_file_free(struct elf_file *file);

const char *elf_file_name(const struct elf_file *file, const ElfW(Sym) *symbol);

/* NULL if there is none of this type. */
const ElfW(Shdr) *elf_file_section(const struct elf_file *file, uint32_t type);
const ElfW(Phdr) *elf_file_segment(const struct elf_file *file, uint32_t type);
const ElfW(Dyn) *elf_file_dynamic(const struct elf_file *file, ElfW(Sxword) tag);

/* The bits of a property (linux/elf.h: GNU_PROPERTY_X86_FEATURE_1_AND), 0 if it has none. */
uint32_t elf_file_property(const struct elf_file *file, uint32_t type);

#endif
