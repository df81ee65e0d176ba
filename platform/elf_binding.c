/*
 * See elf_binding.h.
 */
#include "elf_binding.h"

/* ---- Tables ---- */

/* The value of an entry of the dynamic section; false if it has none. */
static bool dynamic_value(const struct elf_image *image, ElfW(Sxword) tag, uintptr_t *value)
{
    for (size_t i = 0; i < image->dynamic_count && image->dynamic[i].d_tag != DT_NULL; i++)
        if (image->dynamic[i].d_tag == tag) {
            *value = image->dynamic[i].d_un.d_val;
            return true;
        }
    return false;
}

/* Where the table of this tag lies, or 0: most C libraries relocate its address in place. */
static uintptr_t table_of(const struct elf_image *image, ElfW(Sxword) tag)
{
    uintptr_t value;

    if (!dynamic_value(image, tag, &value))
        return 0;
    return elf_image_readable(image, value, 1) ? value : image->base + value;
}

/* An entry of a table, NULL if it lies outside or where none can lie. */
static const void *entry_at(const struct elf_image *image, uintptr_t address, size_t size,
                            size_t alignment)
{
    return address % alignment == 0 && elf_image_readable(image, address, size)
               ? (const void *)address
               : NULL;
}

#define ENTRY(image, type, address)                                                                \
    ((const type *)entry_at(image, address, sizeof(type), _Alignof(type)))

#if defined(__LP64__)
enum { RELOCATIONS = DT_RELA, RELOCATIONS_SIZE = DT_RELASZ };
typedef ElfW(Rela) relocation;
#else
enum { RELOCATIONS = DT_REL, RELOCATIONS_SIZE = DT_RELSZ };
typedef ElfW(Rel) relocation;
#endif

/* ---- What it asks for ---- */

/* Where no DT_HASH says how many symbols there are: linkers put other tables behind them, and the
 * loader itself relies on that of the strings. Where patchelf has moved them all, whatever follows
 * in the segment is looked at as well: nothing there has an import's name. */
static size_t symbol_count(const struct elf_image *image)
{
    static const int followers[] = {DT_STRTAB, DT_VERSYM, RELOCATIONS, DT_JMPREL};
    uintptr_t end = image->symbols;

    for (size_t i = 0; i < image->header_count; i++) {
        const ElfW(Phdr) *load = &image->headers[i];
        const uintptr_t start = image->base + load->p_vaddr;

        if (load->p_type == PT_LOAD && image->symbols - start < load->p_filesz)
            end = start + load->p_filesz;
    }
    for (size_t i = 0; i < sizeof(followers) / sizeof(followers[0]); i++) {
        const uintptr_t next = table_of(image, followers[i]);

        if (next > image->symbols && next < end)
            end = next;
    }
    return (end - image->symbols) / sizeof(ElfW(Sym));
}

/* Of those, how many from the first on may be asked for. What a DT_GNU_HASH finds is defined, and
 * stands behind what is not: of libcrypto's 5,500 all but 140. An empty one says 1. */
static size_t import_count(const struct elf_image *image)
{
    const struct {
        uint32_t buckets, first_symbol;
    } *hash = entry_at(image, image->gnu_hash, sizeof(*hash), _Alignof(uint32_t));
    const struct {
        sysv_word buckets, symbols;
    } *sysv = entry_at(image, image->sysv_hash, sizeof(*sysv), _Alignof(sysv_word));
    size_t count = symbol_count(image);

    if (sysv && sysv->symbols < count)
        count = sysv->symbols;
    return hash && hash->first_symbol > 1 && hash->first_symbol < count ? hash->first_symbol
                                                                        : count;
}

/* The version of this number among those that it wants of other objects, 0 if it is not among them;
 * of number 0 a mixture of them all. */
static uint32_t wanted_version(const struct elf_image *image, unsigned int number)
{
    uintptr_t need_at = table_of(image, DT_VERNEED), count = 0;
    uint32_t all = 0;

    if (!need_at || !dynamic_value(image, DT_VERNEEDNUM, &count))
        return 0;
    for (; count > 0; count--) {
        const ElfW(Verneed) *need = ENTRY(image, ElfW(Verneed), need_at);
        uintptr_t version_at = need ? need_at + need->vn_aux : 0;

        for (unsigned int i = 0; need && i < need->vn_cnt; i++) {
            const ElfW(Vernaux) *version = ENTRY(image, ElfW(Vernaux), version_at);

            if (!version)
                return 0;
            if (number && version->vna_other == number)
                return version->vna_hash;
            all = all * 31 + version->vna_hash;
            version_at += version->vna_next;
        }
        if (!need || need->vn_next == 0)
            break;
        need_at += need->vn_next;
    }
    return number ? 0 : all;
}

/* Numbers 0 and 1 are no versions. */
static uint32_t version_numbered(const struct elf_image *image, unsigned int number)
{
    return number < 2 ? 0 : wanted_version(image, number);
}

static bool is_import_of(const struct elf_image *image, const ElfW(Sym) *symbol, const char *name)
{
    return symbol->st_shndx == SHN_UNDEF && symbol->st_name != 0 &&
           elf_image_string_is(image, symbol->st_name, name);
}

bool elf_imports(const struct elf_image *image, const char *name, uint32_t *version)
{
    const ElfW(Sym) *symbols = (const ElfW(Sym) *)image->symbols;
    const uintptr_t numbers = table_of(image, DT_VERSYM);
    const size_t count = import_count(image);

    *version = 0;
    if (image->symbols % _Alignof(ElfW(Sym)) != 0 ||
        !elf_image_readable(image, image->symbols, count * sizeof(*symbols)))
        return false;
    for (size_t i = 1; i < count; i++) {
        const uintptr_t number = numbers + i * sizeof(ElfW(Half));

        if (!is_import_of(image, &symbols[i], name))
            continue;
        if (numbers && number % sizeof(ElfW(Half)) == 0 &&
            elf_image_readable(image, number, sizeof(ElfW(Half))))
            *version = version_numbered(image, *(const ElfW(Half) *)number & 0x7fffu);
        return true;
    }
    return false;
}

/* The name of a library that it needs; NULL if the entry is another one. */
static const char *needed(const struct elf_image *image, const ElfW(Dyn) *entry)
{
    return entry->d_tag == DT_NEEDED ? elf_image_string(image, entry->d_un.d_val) : NULL;
}

bool elf_needs(const struct elf_image *image, uint32_t hash)
{
    for (size_t i = 0; i < image->dynamic_count && image->dynamic[i].d_tag != DT_NULL; i++) {
        const char *name = needed(image, &image->dynamic[i]);

        if (name && elf_hash_of(name) == hash)
            return true;
    }
    return false;
}

bool elf_may_need(const struct elf_image *image, const char *file)
{
    for (size_t i = 0; i < image->dynamic_count && image->dynamic[i].d_tag != DT_NULL; i++) {
        const char *name = needed(image, &image->dynamic[i]);
        size_t same = 0;

        while (name && name[same] && name[same] == file[same])
            same++;
        if (same && name[same] == '\0' && (file[same] == '\0' || file[same] == '.'))
            return true;
    }
    return false;
}

/* ---- What it was given ---- */

/* 0: it is a pointer into the object itself, or was before the program put in another. */
static size_t symbol_of(const relocation *entry)
{
    return entry->r_info >> (sizeof(entry->r_info) == sizeof(uint64_t) ? 32 : 8);
}

__attribute__((cold)) static void
visit_table(const struct elf_image *image, ElfW(Sxword) tag, ElfW(Sxword) size_tag,
            void (*visit)(uintptr_t word, size_t symbol, void *context), void *context)
{
    uintptr_t next = table_of(image, tag), size = 0;

    if (!next || !dynamic_value(image, size_tag, &size))
        return;
    for (; size >= sizeof(relocation); next += sizeof(relocation), size -= sizeof(relocation)) {
        const relocation *entry = ENTRY(image, relocation, next);
        const uintptr_t *word;

        if (!entry)
            return;
        word = symbol_of(entry) ? ENTRY(image, uintptr_t, image->base + entry->r_offset) : NULL;
        if (word)
            visit(*word, symbol_of(entry), context);
    }
}

void elf_each_bound(const struct elf_image *image,
                    void (*visit)(uintptr_t word, size_t symbol, void *context), void *context)
{
    visit_table(image, DT_JMPREL, DT_PLTRELSZ, visit, context);
    visit_table(image, RELOCATIONS, RELOCATIONS_SIZE, visit, context);
}

const char *elf_symbol_name(const struct elf_image *image, size_t symbol)
{
    const ElfW(Sym) *found = ENTRY(image, ElfW(Sym), image->symbols + symbol * sizeof(*found));

    return found ? elf_image_string(image, found->st_name) : NULL;
}

/* ---- What it offers ---- */

size_t elf_versions(const struct elf_image *image, uint32_t *hashes, size_t most)
{
    uintptr_t at = table_of(image, DT_VERDEF), count = 0;
    size_t found = 0;

    if (!at || !dynamic_value(image, DT_VERDEFNUM, &count))
        return 0;
    for (; count > 0 && found < most; count--) {
        const ElfW(Verdef) *version = ENTRY(image, ElfW(Verdef), at);

        if (!version)
            break;
        if (!(version->vd_flags & VER_FLG_BASE)) /* that one is the library's name */
            hashes[found++] = version->vd_hash;
        if (version->vd_next == 0)
            break;
        at += version->vd_next;
    }
    return found;
}

bool elf_is_permanent(const struct elf_image *image)
{
    uintptr_t flags;

    return dynamic_value(image, DT_FLAGS_1, &flags) && (flags & DF_1_NODELETE);
}

/* ---- */

uint32_t elf_fingerprint(const struct elf_image *image)
{
    uint32_t print = (uint32_t)image->symbols;

    print = print * 31 + (uint32_t)image->strings_size;
    print = print * 31 + (uint32_t)((uintptr_t)image->dynamic >> 3);
    for (size_t i = 0; i < image->dynamic_count && image->dynamic[i].d_tag != DT_NULL; i++) {
        const char *name = needed(image, &image->dynamic[i]);

        print = name ? print * 31 + elf_hash_of(name) : print;
    }
    return print * 31 + wanted_version(image, 0);
}
