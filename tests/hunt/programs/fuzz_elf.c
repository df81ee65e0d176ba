/*
 * libFuzzer on platform/elf_image: the input is an ELF file, laid out in memory. An answer must lie
 * inside it.
 */
#include "elf_binding.h"
#include "layout.h"

enum { LONGEST_NAME = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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
