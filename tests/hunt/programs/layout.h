/*
 * An ELF file that is laid out in memory as the loader would.
 *
 * The program headers are the loader's own and true: those that reach outside the memory are left
 * out. All else is whatever the file holds. AddressSanitizer tells of a read outside the memory.
 */
#ifndef OSRANDOM_TESTS_LAYOUT_H
#define OSRANDOM_TESTS_LAYOUT_H

#include <stdlib.h>
#include <string.h>

#include "elf_image.h"

enum { LARGEST_SPAN = 1 << 17, MOST_HEADERS = 16 };

struct layout {
    ElfW(Ehdr) file;
    ElfW(Phdr) headers[MOST_HEADERS];
    size_t count;
    unsigned char *memory; /* stands at address 0 of the file's own numbering */
    size_t span;
};

static inline void need(bool condition)
{
    if (!condition)
        abort();
}

static inline bool lies_in(uint64_t offset, uint64_t length, uint64_t whole)
{
    return offset <= whole && length <= whole - offset;
}

static inline void take_header(struct layout *layout, const ElfW(Phdr) *header, size_t size)
{
    if (header->p_type == PT_LOAD &&
        (!lies_in(header->p_vaddr, header->p_memsz, LARGEST_SPAN) ||
         !lies_in(header->p_offset, header->p_filesz, size) || header->p_filesz > header->p_memsz))
        return;
    layout->headers[layout->count++] = *header;
    if (header->p_type == PT_LOAD && header->p_vaddr + header->p_memsz > layout->span)
        layout->span = header->p_vaddr + header->p_memsz;
}

static inline bool lay_out(struct layout *layout, const uint8_t *data, size_t size)
{
    ElfW(Phdr) header;

    if (size < sizeof(layout->file))
        return false;
    memcpy(&layout->file, data, sizeof(layout->file));
    for (size_t i = 0; i < layout->file.e_phnum && layout->count < MOST_HEADERS; i++) {
        if (!lies_in(layout->file.e_phoff, (i + 1) * sizeof(header), size))
            break;
        memcpy(&header, data + layout->file.e_phoff + i * sizeof(header), sizeof(header));
        take_header(layout, &header, size);
    }
    if (layout->span == 0 || !(layout->memory = calloc(1, layout->span)))
        return false;
    for (size_t i = 0; i < layout->count; i++)
        if (layout->headers[i].p_type == PT_LOAD)
            memcpy(layout->memory + layout->headers[i].p_vaddr, data + layout->headers[i].p_offset,
                   layout->headers[i].p_filesz);
    return true;
}

#endif
