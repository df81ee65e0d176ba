/*
 * See remote_image.h. Offsets are into the copy; elf(5) and binutils' DT_GNU_HASH have the formats.
 */
#include "remote_image.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LARGEST_SPAN = 1 << 20, MOST_DYNAMIC = 128 };

/* A number of 2, 4 or 8 bytes in the host's order. */
static uint64_t number_at(const unsigned char *bytes, size_t size)
{
    uint64_t wide;
    uint32_t word;
    uint16_t half;

    if (size == sizeof(wide))
        return memcpy(&wide, bytes, sizeof(wide)), wide;
    if (size == sizeof(word))
        return memcpy(&word, bytes, sizeof(word)), word;
    return memcpy(&half, bytes, sizeof(half)), half;
}

/* The same in the copy; 0 if it does not lie in it. */
static uint64_t number(const struct remote_image *image, uint64_t offset, size_t size)
{
    return offset <= image->size && size <= image->size - offset
               ? number_at(image->bytes + offset, size)
               : 0;
}

/* ---- Headers ---- */

static struct remote_segment segment_of(const unsigned char *bytes, unsigned int word)
{
    Elf32_Phdr narrow;
    Elf64_Phdr wide;

    if (word == 4) {
        memcpy(&narrow, bytes, sizeof(narrow));
        return (struct remote_segment){narrow.p_type, narrow.p_flags, narrow.p_offset,
                                       narrow.p_vaddr, narrow.p_memsz};
    }
    memcpy(&wide, bytes, sizeof(wide));
    return (struct remote_segment){wide.p_type, wide.p_flags, wide.p_offset, wide.p_vaddr,
                                   wide.p_memsz};
}

struct place {
    uint64_t offset;
    size_t size, count;
};

/* Where the program headers lie in the file; false if it is none of ours. */
static bool place_headers(const unsigned char *bytes, struct remote_image *image,
                          struct place *place)
{
    static const unsigned char host = __BYTE_ORDER == __LITTLE_ENDIAN ? ELFDATA2LSB : ELFDATA2MSB;
    Elf32_Ehdr narrow;
    Elf64_Ehdr wide;

    if (memcmp(bytes, ELFMAG, SELFMAG) != 0 || bytes[EI_DATA] != host)
        return false;
    memcpy(&narrow, bytes, sizeof(narrow));
    memcpy(&wide, bytes, sizeof(wide));
    image->word = bytes[EI_CLASS] == ELFCLASS32 ? 4 : 8;
    *place = image->word == 4 ? (struct place){narrow.e_phoff, narrow.e_phentsize, narrow.e_phnum}
                              : (struct place){wide.e_phoff, wide.e_phentsize, wide.e_phnum};
    return place->size == (image->word == 4 ? sizeof(Elf32_Phdr) : sizeof(Elf64_Phdr)) &&
           place->count <= REMOTE_IMAGE_SEGMENTS && place->offset <= LARGEST_SPAN;
}

/* From the lowest segment's page to the highest one's end: all segments lie in between. */
static bool measure(struct remote_image *image)
{
    uint64_t lowest = UINT64_MAX, highest = 0;

    for (size_t i = 0; i < image->segment_count; i++) {
        const struct remote_segment *segment = &image->segments[i];
        uint64_t end;

        if (segment->type != PT_LOAD)
            continue;
        if (__builtin_add_overflow(segment->address, segment->length, &end))
            return false;
        lowest = segment->address < lowest ? segment->address : lowest;
        highest = end > highest ? end : highest;
    }
    image->lowest = lowest & -(uint64_t)sysconf(_SC_PAGESIZE);
    image->size = (size_t)(highest - image->lowest);
    return lowest < highest;
}

enum remote_image_result remote_image_headers(struct remote_image *image, struct process *process,
                                              const struct mapping *first)
{
    unsigned char header[sizeof(Elf64_Ehdr)], table[REMOTE_IMAGE_SEGMENTS * sizeof(Elf64_Phdr)];
    struct place place;

    *image = (struct remote_image){.address = first->start};
    if (!process_read(process, first->start, header, sizeof(header)))
        return first->may_block ? REMOTE_IMAGE_NONE : REMOTE_IMAGE_CHANGED;
    if (!place_headers(header, image, &place))
        return REMOTE_IMAGE_NONE;
    if (!process_read(process, first->start + place.offset, table, place.count * place.size))
        return first->may_block ? REMOTE_IMAGE_NONE : REMOTE_IMAGE_CHANGED;
    image->segment_count = place.count;
    for (size_t i = 0; i < place.count; i++)
        image->segments[i] = segment_of(table + i * place.size, image->word);
    return measure(image) ? REMOTE_IMAGE_COPIED : REMOTE_IMAGE_NONE;
}

static const struct remote_segment *segment_with(const struct remote_image *image, uint32_t type)
{
    for (size_t i = 0; i < image->segment_count; i++)
        if (image->segments[i].type == type)
            return &image->segments[i];
    return NULL;
}

/* ---- The dynamic section, in the target ---- */

uint64_t remote_image_dynamic_address(const struct remote_image *image)
{
    const struct remote_segment *segment = segment_with(image, PT_DYNAMIC);

    return segment ? segment->address - image->lowest + image->address : 0;
}

bool remote_image_dynamic(const struct remote_image *image, struct process *process, uint64_t tag,
                          uint64_t *value)
{
    unsigned char entries[MOST_DYNAMIC * sizeof(Elf64_Dyn)];
    const struct remote_segment *segment = segment_with(image, PT_DYNAMIC);
    size_t size = 2 * image->word;

    if (!segment || segment->length > MOST_DYNAMIC * size ||
        !process_read(process, remote_image_dynamic_address(image), entries,
                      (size_t)segment->length))
        return false;
    for (size_t i = 0; (i + 1) * size <= segment->length; i++) {
        uint64_t found = number_at(entries + i * size, image->word);

        *value = number_at(entries + i * size + image->word, image->word);
        if (found == tag)
            return true;
        if (found == DT_NULL)
            return false;
    }
    return false;
}

/* ---- The copy ---- */

/* Where in the copy a segment begins, and how much of it lies there. */
static bool place_of(const struct remote_image *image, const struct remote_segment *segment,
                     size_t *offset, size_t *size)
{
    uint64_t from = segment->address - image->lowest;

    if (from >= image->size)
        return false;
    *offset = (size_t)from;
    *size = image->size - *offset;
    if (segment->length < *size)
        *size = (size_t)segment->length;
    return true;
}

/* Page by page where some may be missing. */
static bool copy_part(struct remote_image *image, struct process *process, size_t offset,
                      size_t size, bool may_block)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);

    if (!may_block)
        return process_read(process, image->address + offset, image->bytes + offset, size);
    while (size > 0) {
        size_t part = page - (size_t)((image->address + offset) % page);

        part = part < size ? part : size;
        process_read(process, image->address + offset, image->bytes + offset, part);
        offset += part;
        size -= part;
    }
    return true;
}

static bool copy_segments(struct remote_image *image, struct process *process, bool may_block)
{
    size_t offset, size;

    for (size_t i = 0; i < image->segment_count; i++)
        if (image->segments[i].type == PT_LOAD && (image->segments[i].flags & PF_R) &&
            place_of(image, &image->segments[i], &offset, &size) &&
            !copy_part(image, process, offset, size, may_block))
            return false;
    return true;
}

enum remote_image_result remote_image_copy(struct remote_image *image, struct process *process,
                                           const struct mapping *first)
{
    enum remote_image_result result = remote_image_headers(image, process, first);
    uint64_t value;

    if (result != REMOTE_IMAGE_COPIED)
        return result;
    if (image->size > LARGEST_SPAN || !remote_image_dynamic(image, process, DT_SYMTAB, &value) ||
        remote_image_dynamic(image, process, DT_NEEDED, &value))
        return REMOTE_IMAGE_NONE;
    image->bytes = calloc(1, image->size);
    if (!image->bytes || !copy_segments(image, process, first->may_block)) {
        remote_image_free(image);
        return REMOTE_IMAGE_CHANGED;
    }
    return REMOTE_IMAGE_COPIED;
}

void remote_image_free(struct remote_image *image)
{
    free(image->bytes);
    image->bytes = NULL;
}

/* ---- Symbols ---- */

struct tables {
    uint64_t symbols, strings, hash; /* offsets into the copy; 0: none */
};

/* glibc has written the target's addresses into the dynamic section, musl has not. */
static uint64_t offset_of(const struct remote_image *image, uint64_t value)
{
    if (value - image->address < image->size)
        return value - image->address;
    return value - image->lowest < image->size ? value - image->lowest : 0;
}

static struct tables tables_of(const struct remote_image *image)
{
    const struct remote_segment *segment = segment_with(image, PT_DYNAMIC);
    struct tables tables = {0};
    size_t offset, size;

    if (!segment || !place_of(image, segment, &offset, &size))
        return tables;
    for (; size >= 2 * image->word; size -= 2 * image->word, offset += 2 * image->word) {
        uint64_t tag = number(image, offset, image->word);
        uint64_t value = offset_of(image, number(image, offset + image->word, image->word));

        if (tag == DT_SYMTAB)
            tables.symbols = value;
        else if (tag == DT_STRTAB)
            tables.strings = value;
        else if (tag == DT_GNU_HASH)
            tables.hash = value;
        else if (tag == DT_NULL)
            break;
    }
    return tables;
}

static bool has_name(const struct remote_image *image, uint64_t offset, const char *name)
{
    size_t length = strlen(name) + 1;

    return offset < image->size && length <= image->size - offset &&
           memcmp(image->bytes + offset, name, length) == 0;
}

/* Its address in the target if it is the one wanted and is defined, else 0. */
static uint64_t match(const struct remote_image *image, const struct tables *tables, uint64_t index,
                      const char *name)
{
    size_t size = image->word == 4 ? sizeof(Elf32_Sym) : sizeof(Elf64_Sym);
    uint64_t at = tables->symbols + index * size;
    uint64_t section = number(
        image,
        at + (image->word == 4 ? offsetof(Elf32_Sym, st_shndx) : offsetof(Elf64_Sym, st_shndx)),
        sizeof(uint16_t));
    uint64_t value = number(
        image,
        at + (image->word == 4 ? offsetof(Elf32_Sym, st_value) : offsetof(Elf64_Sym, st_value)),
        image->word);

    if (section == SHN_UNDEF || value == 0 || value - image->lowest >= image->size ||
        !has_name(image, tables->strings + number(image, at, sizeof(uint32_t)), name))
        return 0;
    return value - image->lowest + image->address;
}

static uint32_t hash_of(const char *name)
{
    uint32_t hash = 5381;

    for (; *name; name++)
        hash = hash * 33 + (unsigned char)*name;
    return hash;
}

/* The numbers of buckets and of the first symbol, the size of a Bloom filter, and what it is
 * shifted by; then the filter, which is passed over, the buckets, and a word for each symbol. */
uint64_t remote_image_symbol(const struct remote_image *image, const char *name)
{
    struct tables tables = tables_of(image);
    uint32_t hash = hash_of(name);
    uint64_t buckets, first, table, chains, index;

    if (!tables.symbols || !tables.strings || !tables.hash)
        return 0;
    buckets = number(image, tables.hash, 4);
    first = number(image, tables.hash + 4, 4);
    table = tables.hash + 16 + number(image, tables.hash + 8, 4) * image->word;
    chains = table + 4 * buckets;
    index = buckets ? number(image, table + hash % buckets * 4, 4) : 0;
    for (; index >= first && chains + (index - first) * 4 < image->size; index++) {
        uint64_t link = number(image, chains + (index - first) * 4, 4);
        uint64_t found = (link | 1) == (hash | 1) ? match(image, &tables, index, name) : 0;

        if (found || (link & 1))
            return found;
    }
    return 0;
}

/* ---- Notes: elf(5), "Notes (Nhdr)", the same for both word sizes ---- */

static size_t padded(uint32_t size)
{
    return ((size_t)size + 3) & ~(size_t)3;
}

static size_t build_id_among(const unsigned char *notes, size_t left, unsigned char *id,
                             size_t room)
{
    Elf64_Nhdr note;

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

    for (size_t i = 0; i < image->segment_count; i++)
        if (image->segments[i].type == PT_NOTE &&
            place_of(image, &image->segments[i], &offset, &size) &&
            (length = build_id_among(image->bytes + offset, size, id, room)))
            return length;
    return 0;
}
