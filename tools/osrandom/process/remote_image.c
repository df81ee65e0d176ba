/*
 * See remote_image.h.
 */
#include "remote_image.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "elf_image.h"

enum { LARGEST_SPAN = 1 << 20, MOST_DYNAMIC = 128 };

static bool is_elf(const ElfW(Ehdr) *file)
{
    return memcmp(file->e_ident, ELFMAG, SELFMAG) == 0 &&
           file->e_ident[EI_CLASS] == (sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32) &&
           file->e_phentsize == sizeof(ElfW(Phdr)) && file->e_phnum <= REMOTE_IMAGE_HEADERS &&
           file->e_phoff <= LARGEST_SPAN;
}

/* From the lowest segment's page to the highest one's end: all segments lie in between. */
static bool measure(struct remote_image *image)
{
    uint64_t lowest = UINT64_MAX, highest = 0, span;

    for (size_t i = 0; i < image->header_count; i++) {
        const ElfW(Phdr) *header = &image->headers[i];
        uint64_t end;

        if (header->p_type != PT_LOAD)
            continue;
        if (__builtin_add_overflow(header->p_vaddr, header->p_memsz, &end))
            return false;
        lowest = header->p_vaddr < lowest ? header->p_vaddr : lowest;
        highest = end > highest ? end : highest;
    }
    if (lowest >= highest)
        return false;
    image->lowest = lowest & -(uint64_t)sysconf(_SC_PAGESIZE);
    span = highest - image->lowest;
    if (span > LARGEST_SPAN)
        return false;
    image->size = (size_t)span;
    return true;
}

/* Where in the copy a segment of this type begins, and how much of it lies there. */
static bool place(const struct remote_image *image, size_t index, uint32_t type, size_t *offset,
                  size_t *size)
{
    const ElfW(Phdr) *header = &image->headers[index];
    uint64_t from = header->p_vaddr - image->lowest;

    if (header->p_type != type || from >= image->size)
        return false;
    *offset = (size_t)from;
    *size = image->size - *offset;
    if (header->p_memsz < *size)
        *size = header->p_memsz;
    return true;
}

static bool needs_another(const struct remote_image *image, const struct process *process)
{
    ElfW(Dyn) dynamic[MOST_DYNAMIC];
    size_t offset, size;

    for (size_t i = 0; i < image->header_count; i++) {
        if (!place(image, i, PT_DYNAMIC, &offset, &size))
            continue;
        if (size > sizeof(dynamic) ||
            !process_read(process, image->address + offset, dynamic, size))
            return true;
        for (size_t j = 0; j < size / sizeof(dynamic[0]) && dynamic[j].d_tag != DT_NULL; j++)
            if (dynamic[j].d_tag == DT_NEEDED)
                return true;
        return false;
    }
    return true;
}

static bool copy_segments(struct remote_image *image, const struct process *process)
{
    size_t offset, size;

    for (size_t i = 0; i < image->header_count; i++)
        if ((image->headers[i].p_flags & PF_R) && place(image, i, PT_LOAD, &offset, &size) &&
            !process_read(process, image->address + offset, image->bytes + offset, size))
            return false;
    return true;
}

/*
 * glibc has written the target's addresses into the dynamic section, musl has not: the former are
 * made addresses of the copy. DT_HASH, which the shim has not got, is hidden: a chain of it that
 * runs in a circle ends only after as many steps as it claims to have symbols.
 */
static void relocate(const struct remote_image *image, ElfW(Dyn) *entry)
{
    switch (entry->d_tag) {
    case DT_HASH:
        entry->d_tag = DT_DEBUG;
        break;
    case DT_SYMTAB:
    case DT_STRTAB:
    case DT_GNU_HASH:
        if (entry->d_un.d_ptr - image->address < image->size)
            entry->d_un.d_ptr += (uintptr_t)image->bytes - (uintptr_t)image->address;
        break;
    default:
        break;
    }
}

static void relocate_dynamic(struct remote_image *image)
{
    size_t offset, size;

    for (size_t i = 0; i < image->header_count; i++) {
        if (!place(image, i, PT_DYNAMIC, &offset, &size))
            continue;
        for (; size >= sizeof(ElfW(Dyn)); size -= sizeof(ElfW(Dyn)), offset += sizeof(ElfW(Dyn))) {
            ElfW(Dyn) entry;

            memcpy(&entry, image->bytes + offset, sizeof(entry));
            relocate(image, &entry);
            memcpy(image->bytes + offset, &entry, sizeof(entry));
        }
    }
}

enum remote_image_result remote_image_copy(struct remote_image *image,
                                           const struct process *process,
                                           const struct mapping *first)
{
    ElfW(Ehdr) file;

    *image = (struct remote_image){.address = first->start};
    if (!process_read(process, first->start, &file, sizeof(file)))
        return REMOTE_IMAGE_CHANGED;
    if (!is_elf(&file))
        return REMOTE_IMAGE_NONE;
    image->header_count = file.e_phnum;
    if (!process_read(process, first->start + file.e_phoff, image->headers,
                      image->header_count * sizeof(image->headers[0])))
        return REMOTE_IMAGE_CHANGED;
    if (!measure(image) || needs_another(image, process))
        return REMOTE_IMAGE_NONE;
    image->bytes = calloc(1, image->size);
    if (!image->bytes || !copy_segments(image, process)) {
        remote_image_free(image);
        return REMOTE_IMAGE_CHANGED;
    }
    relocate_dynamic(image);
    return REMOTE_IMAGE_COPIED;
}

void remote_image_free(struct remote_image *image)
{
    free(image->bytes);
}

uint64_t remote_image_symbol(const struct remote_image *image, const char *name)
{
    struct elf_image local;
    const void *symbol;

    if (!elf_image_read(&local, (uintptr_t)image->bytes - (uintptr_t)image->lowest, image->headers,
                        image->header_count))
        return 0;
    symbol = elf_image_symbol(&local, name);
    return symbol ? (uintptr_t)symbol - (uintptr_t)image->bytes + image->address : 0;
}

/* ---- Notes: elf(5), "Notes (Nhdr)" ---- */

static size_t padded(uint32_t size)
{
    return ((size_t)size + 3) & ~(size_t)3;
}

static size_t build_id_among(const unsigned char *notes, size_t left, unsigned char *id,
                             size_t room)
{
    ElfW(Nhdr) note;

    while (left >= sizeof(note)) {
        const unsigned char *name = notes + sizeof(note);
        size_t whole;

        memcpy(&note, notes, sizeof(note));
        whole = sizeof(note) + padded(note.n_namesz) + padded(note.n_descsz);
        if (whole > left)
            return 0;
        if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == sizeof("GNU") &&
            memcmp(name, "GNU", sizeof("GNU")) == 0 && note.n_descsz <= room) {
            memcpy(id, name + padded(note.n_namesz), note.n_descsz);
            return note.n_descsz;
        }
        notes += whole;
        left -= whole;
    }
    return 0;
}

size_t remote_image_build_id(const struct remote_image *image, unsigned char *id, size_t room)
{
    size_t offset, size, length;

    for (size_t i = 0; i < image->header_count; i++)
        if (place(image, i, PT_NOTE, &offset, &size) &&
            (length = build_id_among(image->bytes + offset, size, id, room)))
            return length;
    return 0;
}
