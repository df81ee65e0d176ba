/*
 * libFuzzer on platform/elf_image: the input is an ELF file, laid out in memory as the loader
 * would.
 *
 * The program headers are the loader's own and true: those that reach outside the memory are left
 * out. All else, the dynamic section and the tables that it names, is whatever the input holds.
 * AddressSanitizer tells of a read outside the memory; an answer must lie inside it.
 */
#include <stdlib.h>
#include <string.h>

#include "elf_binding.h"
#include "elf_image.h"

enum { LARGEST_SPAN = 1 << 17, MOST_HEADERS = 16, LONGEST_NAME = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct layout {
    ElfW(Ehdr) file;
    ElfW(Phdr) headers[MOST_HEADERS];
    size_t count;
    unsigned char *memory; /* stands at address 0 of the file's own numbering */
    size_t span;
};

static void need(bool condition)
{
    if (!condition)
        abort();
}

static bool lies_in(uint64_t offset, uint64_t length, uint64_t whole)
{
    return offset <= whole && length <= whole - offset;
}

static void take_header(struct layout *layout, const ElfW(Phdr) *header, size_t size)
{
    if (header->p_type == PT_LOAD &&
        (!lies_in(header->p_vaddr, header->p_memsz, LARGEST_SPAN) ||
         !lies_in(header->p_offset, header->p_filesz, size) || header->p_filesz > header->p_memsz))
        return;
    layout->headers[layout->count++] = *header;
    if (header->p_type == PT_LOAD && header->p_vaddr + header->p_memsz > layout->span)
        layout->span = header->p_vaddr + header->p_memsz;
}

static bool lay_out(struct layout *layout, const uint8_t *data, size_t size)
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

static void look_up(const struct elf_image *image, const char *name)
{
    const void *found = elf_image_symbol(image, name);

    need(!found || elf_image_contains(image, found));
}

/* The names that the object itself defines reach farthest. */
static void look_up_own_names(const struct elf_image *image)
{
    const char *strings = (const char *)image->strings;
    char name[LONGEST_NAME];
    size_t length = 0;

    for (size_t i = 0; i < image->strings_size && i < 4096; i++) {
        if (length < sizeof(name) - 1)
            name[length++] = strings[i];
        if (strings[i] != '\0')
            continue;
        name[length] = '\0';
        look_up(image, name);
        elf_may_need(image, name);
        length = 0;
    }
}

static void look(const struct elf_image *image)
{
    const char *soname = elf_image_soname(image);

    look_up(image, "RAND_set_rand_method");
    look_up(image, "__vdso_getrandom");
    look_up(image, "");
    look_up_own_names(image);
    need(!soname || elf_image_contains(image, soname + strlen(soname)));
    need(elf_image_start(image) != UINTPTR_MAX);
}

/* As the vDSO is read: the headers are those that the memory itself holds. */
static void look_at_header(const struct layout *layout)
{
    const ElfW(Ehdr) *header = (const ElfW(Ehdr) *)layout->memory;
    struct elf_image image;

    if (layout->span < sizeof(*header) || header->e_phoff % _Alignof(ElfW(Phdr)) != 0 ||
        !lies_in(header->e_phoff, header->e_phnum * sizeof(ElfW(Phdr)), layout->span))
        return;
    for (size_t i = 0; i < header->e_phnum; i++) {
        const ElfW(Phdr) *segment = (const ElfW(Phdr) *)(layout->memory + header->e_phoff) + i;

        if (segment->p_type == PT_LOAD &&
            !lies_in(segment->p_vaddr, segment->p_memsz, layout->span))
            return;
        if (segment->p_type == PT_LOAD && segment->p_offset == 0 && segment->p_vaddr != 0)
            return; /* the header does not lie at its start */
    }
    if (elf_image_read_at(&image, header))
        look(&image);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct layout layout = {.count = 0};
    struct elf_image image;

    if (!lay_out(&layout, data, size))
        return 0;
    if (elf_image_read(&image, (uintptr_t)layout.memory, layout.headers, layout.count))
        look(&image);
    look_at_header(&layout);
    free(layout.memory);
    return 0;
}
