/*
 * See proof.h. What the shim writes while it runs, its data behind the part that the loader makes
 * read-only, is not compared.
 */
#include "proof.h"

#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "foreign.h"
#include "remote_image.h"

enum { MOST_SEGMENTS = 32 };

static struct known {
    const unsigned char *bytes;
    size_t length;
    unsigned int word;
    GElf_Phdr segments[MOST_SEGMENTS];
    size_t segment_count;
    struct relocation {
        uint64_t address, addend;
        bool is_relative; /* else it is bound to a symbol */
    } * relocations;
    size_t relocation_count;
    unsigned char build_id[BLOCK_LONGEST_BUILD_ID];
    size_t build_id_size;
} known[PROOF_KINDS], *ours = &known[PROOF_SHIM]; /* the one that a comparison is with */

/* ---- The file ---- */

static const GElf_Phdr *segment_with(uint32_t type)
{
    for (size_t i = 0; i < ours->segment_count; i++)
        if (ours->segments[i].p_type == type)
            return &ours->segments[i];
    return NULL;
}

/* What lies at an address of the file's numbering; NULL if the file does not fill it. */
static const unsigned char *at(uint64_t address, size_t size)
{
    for (size_t i = 0; i < ours->segment_count; i++) {
        const GElf_Phdr *segment = &ours->segments[i];
        uint64_t into = address - segment->p_vaddr;

        if (segment->p_type == PT_LOAD && into <= segment->p_filesz &&
            size <= segment->p_filesz - into && segment->p_offset <= ours->length &&
            into + size <= ours->length - segment->p_offset)
            return ours->bytes + segment->p_offset + into;
    }
    return NULL;
}

static uint64_t word_at(const unsigned char *bytes)
{
    uint64_t wide = 0;
    uint32_t narrow = 0;

    if (ours->word == sizeof(wide))
        memcpy(&wide, bytes, sizeof(wide));
    else
        memcpy(&narrow, bytes, sizeof(narrow));
    return ours->word == sizeof(wide) ? wide : narrow;
}

/* Every machine has one kind that only adds where the object lies, and that names no symbol. */
static void add_relocation(uint64_t address, uint64_t info, const uint64_t *addend)
{
    const unsigned char *bytes = at(address, ours->word);
    struct relocation one = {.address = address,
                             .addend = addend  ? *addend
                                       : bytes ? word_at(bytes)
                                               : 0,
                             .is_relative = GELF_R_SYM(info) == 0};

    ours->relocations =
        grown(ours->relocations, ours->relocation_count, sizeof(*ours->relocations));
    ours->relocations[ours->relocation_count++] = one;
}

static void read_relocations(Elf_Scn *section, const GElf_Shdr *header)
{
    Elf_Data *data = elf_getdata(section, NULL);
    GElf_Rela with;
    GElf_Rel without;

    for (int i = 0; data && header->sh_type == SHT_RELA && gelf_getrela(data, i, &with); i++) {
        uint64_t addend = (uint64_t)with.r_addend;

        add_relocation(with.r_offset, with.r_info, &addend);
    }
    for (int i = 0; data && header->sh_type == SHT_REL && gelf_getrel(data, i, &without); i++)
        add_relocation(without.r_offset, without.r_info, NULL);
}

static void read_build_id(Elf_Scn *section)
{
    Elf_Data *data = elf_getdata(section, NULL);
    size_t offset = 0, name, content;
    GElf_Nhdr note;

    while (data && (offset = gelf_getnote(data, offset, &note, &name, &content)) > 0)
        if (note.n_type == NT_GNU_BUILD_ID && note.n_descsz <= sizeof(ours->build_id)) {
            memcpy(ours->build_id, (const char *)data->d_buf + content, note.n_descsz);
            ours->build_id_size = note.n_descsz;
        }
}

static void read_sections(Elf *elf)
{
    Elf_Scn *section = NULL;
    GElf_Shdr header;

    while ((section = elf_nextscn(elf, section)))
        if (gelf_getshdr(section, &header) && (header.sh_flags & SHF_ALLOC)) {
            read_relocations(section, &header);
            if (header.sh_type == SHT_NOTE)
                read_build_id(section);
        }
}

/* All of it, in memory that stays. */
static char *read_file(const char *path, size_t *length)
{
    enum { LARGEST = 16 << 20 };
    int file = open(path, O_RDONLY | O_CLOEXEC);
    char *bytes = file < 0 ? NULL : grown(NULL, LARGEST - 1, 1);
    ssize_t got = bytes ? foreign_read(file, bytes, LARGEST) : -1;

    if (file >= 0)
        close(file);
    *length = got > 0 ? (size_t)got : 0;
    return bytes;
}

bool proof_start(enum proof_of kind, const char *path)
{
    Elf *elf = NULL;
    GElf_Ehdr header;
    char *bytes;

    ours = &known[kind];
    bytes = path ? read_file(path, &ours->length) : NULL;
    elf_version(EV_CURRENT);
    if (bytes)
        elf = elf_memory(bytes, ours->length);
    if (!elf || !gelf_getehdr(elf, &header) || header.e_phnum > MOST_SEGMENTS)
        return false;
    ours->bytes = (const unsigned char *)bytes;
    ours->word = header.e_ident[EI_CLASS] == ELFCLASS32 ? 4 : 8;
    for (int i = 0; i < header.e_phnum; i++)
        if (gelf_getphdr(elf, i, &ours->segments[i]))
            ours->segment_count++;
    read_sections(elf);
    elf_end(elf);
    return ours->build_id_size > 0;
}

bool proof_is_same_build(enum proof_of kind, const struct block *status)
{
    ours = &known[kind];
    return ours->build_id_size > 0 && status->build_id_size == ours->build_id_size &&
           status->word == ours->word &&
           memcmp(status->build_id, ours->build_id, ours->build_id_size) == 0;
}

/* ---- The comparison ---- */

static bool lies_in(const GElf_Phdr *segment, uint64_t address)
{
    return segment && address - segment->p_vaddr < segment->p_memsz;
}

static bool is_same(const struct remote_image *image, uint64_t address, size_t size)
{
    const unsigned char *file = at(address, size);
    uint64_t offset = address - image->lowest;

    return !file || (offset <= image->size && size <= image->size - offset &&
                     memcmp(image->bytes + offset, file, size) == 0);
}

/* Where the file's header tells of sections, strip(1) has changed it: it is passed over. */
static bool has_same_code(const struct remote_image *image)
{
    for (size_t i = 0; i < ours->segment_count; i++) {
        const GElf_Phdr *segment = &ours->segments[i];
        size_t header = segment->p_offset == 0 ? sizeof(Elf64_Ehdr) : 0;

        if (segment->p_type == PT_LOAD && !(segment->p_flags & PF_W) &&
            segment->p_filesz > header &&
            !is_same(image, segment->p_vaddr + header, (size_t)segment->p_filesz - header))
            return false;
    }
    return true;
}

static bool is_relocated(uint64_t address)
{
    for (size_t i = 0; i < ours->relocation_count; i++)
        if (address - ours->relocations[i].address < ours->word)
            return true;
    return false;
}

/* Word by word, but for what the loader writes: relocations, and the dynamic section. */
static bool has_same_constants(const struct remote_image *image)
{
    const GElf_Phdr *constants = segment_with(PT_GNU_RELRO), *dynamic = segment_with(PT_DYNAMIC);
    uint64_t address = constants ? constants->p_vaddr : 0;
    uint64_t end = constants ? address + constants->p_memsz : 0;

    for (; address + ours->word <= end; address += ours->word)
        if (!lies_in(dynamic, address) && !is_relocated(address) &&
            !is_same(image, address, ours->word))
            return false;
    return true;
}

static bool has_relocated_pointers(const struct remote_image *image)
{
    const GElf_Phdr *constants = segment_with(PT_GNU_RELRO);
    uint64_t base = image->address - image->lowest;

    for (size_t i = 0; i < ours->relocation_count; i++) {
        const struct relocation *one = &ours->relocations[i];
        uint64_t offset = one->address - image->lowest;

        if (!one->is_relative || !lies_in(constants, one->address))
            continue;
        if (offset > image->size - ours->word ||
            word_at(image->bytes + offset) != base + one->addend)
            return false;
    }
    return true;
}

/* All are weak, and some C libraries lack some. Each that is there lies in another object. */
static bool is_bound(const struct remote_image *image, const struct process *process)
{
    size_t bound = 0;

    for (size_t i = 0; i < ours->relocation_count; i++) {
        const struct relocation *one = &ours->relocations[i];
        uint64_t offset = one->address - image->lowest, value;

        if (one->is_relative || offset > image->size - ours->word)
            continue;
        value = word_at(image->bytes + offset);
        if (value != 0 && !process_mapping_at(process, value))
            return false;
        bound += value != 0;
    }
    return bound > 0;
}

static const char *compare(const struct remote_image *image, const struct process *process)
{
    if (!has_same_code(image))
        return "the shim's code in it is not that of the file";
    if (!has_relocated_pointers(image) || !has_same_constants(image))
        return "the shim in it was not loaded by the loader: its pointers are wrong";
    if (!is_bound(image, process))
        return "the shim in it was not loaded by the loader: nothing is bound to it";
    return NULL;
}

const char *proof_fails(enum proof_of kind, struct process *process, const struct block *status)
{
    const struct mapping *first = process_mapping_at(process, status->shim.base);
    struct remote_image image;
    const char *wrong;

    ours = &known[kind];
    if (!first || remote_image_copy(&image, process, first) != REMOTE_IMAGE_COPIED ||
        image.size < ours->word)
        return "the shim in it cannot be compared";
    wrong = compare(&image, process);
    remote_image_free(&image);
    return wrong;
}
