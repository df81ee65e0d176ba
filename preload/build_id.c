/*
 * See build_id.h. Sizes are those of the file or of the program headers, and are not believed.
 */
#include "build_id.h"

static size_t rounded_up(size_t size, size_t alignment)
{
    return (size + alignment - 1) & ~(alignment - 1);
}

static bool is_build_id(const ElfW(Nhdr) *note, const unsigned char *name)
{
    return note->n_type == NT_GNU_BUILD_ID && note->n_namesz == sizeof(ELF_NOTE_GNU) &&
           note->n_descsz >= SMALLEST_BUILD_ID && note->n_descsz <= LARGEST_BUILD_ID &&
           __builtin_memcmp(name, ELF_NOTE_GNU, sizeof(ELF_NOTE_GNU)) == 0;
}

bool build_id_read(struct build_id *id, const unsigned char *notes, size_t size, size_t alignment)
{
    ElfW(Nhdr) note;

    if (alignment != 8)
        alignment = 4;
    while (size >= sizeof(note)) {
        size_t start, end;

        __builtin_memcpy(&note, notes, sizeof(note));
        if (note.n_namesz > size || note.n_descsz > size)
            break;
        start = rounded_up(sizeof(note) + note.n_namesz, alignment);
        end = start + note.n_descsz;
        if (end > size)
            break;
        if (is_build_id(&note, notes + sizeof(note))) {
            id->size = note.n_descsz;
            __builtin_memcpy(id->bytes, notes + start, id->size);
            return true;
        }
        end = rounded_up(end, alignment);
        if (end > size)
            break;
        notes += end;
        size -= end;
    }
    return false;
}

/* What the file holds at these of its addresses is mapped, and can be read. */
static bool is_mapped(const struct elf_image *image, ElfW(Addr) start, ElfW(Addr) size)
{
    for (size_t i = 0; i < image->header_count; i++) {
        const ElfW(Phdr) *load = &image->headers[i];

        if (load->p_type == PT_LOAD && (load->p_flags & PF_R) && start >= load->p_vaddr &&
            start - load->p_vaddr <= load->p_filesz &&
            size <= load->p_filesz - (start - load->p_vaddr))
            return true;
    }
    return false;
}

bool build_id_of_image(struct build_id *id, const struct elf_image *image)
{
    for (size_t i = 0; i < image->header_count; i++) {
        const ElfW(Phdr) *notes = &image->headers[i];

        if (notes->p_type == PT_NOTE && is_mapped(image, notes->p_vaddr, notes->p_filesz) &&
            build_id_read(id, (const unsigned char *)(image->base + notes->p_vaddr),
                          notes->p_filesz, notes->p_align))
            return true;
    }
    id->size = 0;
    return false;
}

const ElfW(Ehdr) *elf_header_of(const struct elf_image *image)
{
    for (size_t i = 0; i < image->header_count; i++) {
        const ElfW(Phdr) *load = &image->headers[i];

        if (load->p_type == PT_LOAD && load->p_offset == 0 &&
            is_mapped(image, load->p_vaddr, sizeof(ElfW(Ehdr))))
            return (const ElfW(Ehdr) *)(image->base + load->p_vaddr);
    }
    return NULL;
}
