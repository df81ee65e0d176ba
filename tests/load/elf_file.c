/*
 * See elf_file.h.
 */
#include "elf_file.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const ElfW(Shdr) *sections(const struct elf_file *file)
{
    return (const ElfW(Shdr) *)(file->bytes + file->header->e_shoff);
}

const ElfW(Shdr) *elf_file_section(const struct elf_file *file, uint32_t type)
{
    for (size_t i = 0; i < file->header->e_shnum; i++)
        if (sections(file)[i].sh_type == type)
            return &sections(file)[i];
    return NULL;
}

const ElfW(Phdr) *elf_file_segment(const struct elf_file *file, uint32_t type)
{
    const ElfW(Phdr) *headers = (const ElfW(Phdr) *)(file->bytes + file->header->e_phoff);

    for (size_t i = 0; i < file->header->e_phnum; i++)
        if (headers[i].p_type == type)
            return &headers[i];
    return NULL;
}

const ElfW(Dyn) *elf_file_dynamic(const struct elf_file *file, ElfW(Sxword) tag)
{
    const ElfW(Phdr) *segment = elf_file_segment(file, PT_DYNAMIC);
    const ElfW(Dyn) *entry = (const ElfW(Dyn) *)(file->bytes + segment->p_offset);

    for (; entry->d_tag != DT_NULL; entry++)
        if (entry->d_tag == tag)
            return entry;
    return NULL;
}

static void find_symbols(struct elf_file *file)
{
    const ElfW(Shdr) *table = elf_file_section(file, SHT_DYNSYM);

    cr_assert(table != NULL, "a shared object without a table of dynamic symbols");
    file->symbols = (const ElfW(Sym) *)(file->bytes + table->sh_offset);
    file->symbol_count = table->sh_size / sizeof(ElfW(Sym));
    file->names = (const char *)file->bytes + sections(file)[table->sh_link].sh_offset;
}

struct elf_file *elf_file_read(const char *path)
{
    struct elf_file *file = calloc(1, sizeof(*file));
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;

    cr_assert(file && descriptor >= 0 && fstat(descriptor, &status) == 0, "cannot open %s", path);
    file->size = (size_t)status.st_size;
    file->bytes = mmap(NULL, file->size, PROT_READ, MAP_PRIVATE, descriptor, 0);
    close(descriptor);
    cr_assert(file->bytes != MAP_FAILED && file->size > sizeof(ElfW(Ehdr)) &&
                  memcmp(file->bytes, ELFMAG, SELFMAG) == 0,
              "%s is no ELF file", path);
    file->header = (const ElfW(Ehdr) *)file->bytes;
    find_symbols(file);
    return file;
}

void elf_file_free(struct elf_file *file)
{
    munmap((void *)file->bytes, file->size);
    free(file);
}

const char *elf_file_name(const struct elf_file *file, const ElfW(Sym) *symbol)
{
    return file->names + symbol->st_name;
}

/* A note is a header, the name "GNU" and properties: type, length and padded data of each. */
uint32_t elf_file_property(const struct elf_file *file, uint32_t type)
{
    const ElfW(Phdr) *segment = elf_file_segment(file, PT_GNU_PROPERTY);
    const unsigned char *at, *end;

    if (!segment)
        return 0;
    at = file->bytes + segment->p_offset + sizeof(ElfW(Nhdr)) + sizeof("GNU");
    end = file->bytes + segment->p_offset + segment->p_filesz;
    while (at + 3 * sizeof(uint32_t) <= end) {
        uint32_t property[3];

        memcpy(property, at, sizeof(property));
        if (property[0] == type)
            return property[2];
        at += 2 * sizeof(uint32_t) +
              (property[1] + sizeof(void *) - 1) / sizeof(void *) * sizeof(void *);
    }
    return 0;
}
