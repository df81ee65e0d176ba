/*
 * See elf_image.h. Addresses are kept as integers until they have been checked.
 */
#include "elf_image.h"

static bool spans(uintptr_t start, uintptr_t size, uintptr_t address, size_t length)
{
    return address >= start && address - start <= size && length <= size - (address - start);
}

bool elf_image_readable(const struct elf_image *image, uintptr_t address, size_t length)
{
    for (size_t i = 0; i < image->header_count; i++) {
        const ElfW(Phdr) *header = &image->headers[i];

        if (header->p_type == PT_LOAD && (header->p_flags & PF_R) &&
            spans(image->base + header->p_vaddr, header->p_memsz, address, length))
            return true;
    }
    return false;
}

/* Element index of a table, NULL if it lies outside the object or is misaligned. */
static const void *element(const struct elf_image *image, uintptr_t table, size_t index,
                           size_t size, size_t alignment)
{
    size_t offset;
    uintptr_t address;

    if (__builtin_mul_overflow(index, size, &offset) ||
        __builtin_add_overflow(table, offset, &address) || address % alignment != 0)
        return NULL;
    return elf_image_readable(image, address, size) ? (const void *)address : NULL;
}

#define ELEMENT(image, type, table, index)                                                         \
    ((const type *)element(image, table, index, sizeof(type), _Alignof(type)))

/* The C library relocates the pointers of most dynamic sections in place, musl none and the
 * kernel's vDSO neither: whichever reading lies inside the object is the right one. */
static uintptr_t table_address(const struct elf_image *image, ElfW(Addr) value)
{
    if (elf_image_readable(image, value, 1))
        return value;
    return elf_image_readable(image, image->base + value, 1) ? image->base + value : 0;
}

bool elf_image_string_is(const struct elf_image *image, size_t offset, const char *wanted)
{
    const char *strings = (const char *)image->strings;

    for (; offset < image->strings_size; offset++, wanted++) {
        if (strings[offset] != *wanted)
            return false;
        if (*wanted == '\0')
            return true;
    }
    return false;
}

const char *elf_image_string(const struct elf_image *image, size_t offset)
{
    const char *strings = (const char *)image->strings;

    for (size_t end = offset; end < image->strings_size; end++)
        if (strings[end] == '\0')
            return strings + offset;
    return NULL;
}

__attribute__((cold)) bool elf_image_read(struct elf_image *image, uintptr_t base,
                                          const ElfW(Phdr) *headers, size_t header_count)
{
    *image = (struct elf_image){.base = base, .headers = headers, .header_count = header_count};

    for (size_t i = 0; i < header_count; i++) {
        uintptr_t address = base + headers[i].p_vaddr;

        if (headers[i].p_type == PT_DYNAMIC && address % _Alignof(ElfW(Dyn)) == 0 &&
            elf_image_readable(image, address, headers[i].p_memsz)) {
            image->dynamic = (const ElfW(Dyn) *)address;
            image->dynamic_count = headers[i].p_memsz / sizeof(ElfW(Dyn));
        }
    }

    for (size_t i = 0; i < image->dynamic_count && image->dynamic[i].d_tag != DT_NULL; i++) {
        const ElfW(Dyn) *entry = &image->dynamic[i];

        switch (entry->d_tag) {
        case DT_SYMTAB:
            image->symbols = table_address(image, entry->d_un.d_ptr);
            break;
        case DT_STRTAB:
            image->strings = table_address(image, entry->d_un.d_ptr);
            break;
        case DT_STRSZ:
            image->strings_size = entry->d_un.d_val;
            break;
        case DT_GNU_HASH:
            image->gnu_hash = table_address(image, entry->d_un.d_ptr);
            break;
        case DT_HASH:
            image->sysv_hash = table_address(image, entry->d_un.d_ptr);
            break;
        default:
            break;
        }
    }

    return image->symbols != 0 && image->strings != 0 &&
           elf_image_readable(image, image->strings, image->strings_size) &&
           (image->gnu_hash != 0 || image->sysv_hash != 0);
}

enum { PAGE = 4096 };

/* The program headers, if they lie in the first page, which is all that is known to be there. */
static const ElfW(Phdr) *headers_of(const ElfW(Ehdr) *header)
{
    if (header->e_phoff > PAGE || header->e_phnum > (PAGE - header->e_phoff) / sizeof(ElfW(Phdr)))
        return NULL;
    return (const ElfW(Phdr) *)((uintptr_t)header + header->e_phoff);
}

static bool starts_with(struct elf_image *image, const ElfW(Ehdr) *header,
                        const ElfW(Phdr) *headers)
{
    if (!headers || header->e_phentsize != sizeof(*headers) ||
        (uintptr_t)headers % _Alignof(ElfW(Phdr)) != 0)
        return false;
    for (size_t i = 0; i < header->e_phnum; i++)
        if (headers[i].p_type == PT_LOAD && headers[i].p_offset == 0) {
            *image = (struct elf_image){.base = (uintptr_t)header - headers[i].p_vaddr,
                                        .headers = headers,
                                        .header_count = header->e_phnum};
            return true;
        }
    return false;
}

bool elf_image_starts_at(struct elf_image *image, const ElfW(Ehdr) *header)
{
    return starts_with(image, header, headers_of(header));
}

bool elf_image_starts_with(struct elf_image *image, const ElfW(Ehdr) *header,
                           const ElfW(Phdr) *headers)
{
    return starts_with(image, header, headers) &&
           elf_image_readable(image, (uintptr_t)headers, image->header_count * sizeof(*headers));
}

bool elf_image_read_at(struct elf_image *image, const ElfW(Ehdr) *header)
{
    return elf_image_starts_at(image, header) &&
           elf_image_read(image, image->base, image->headers, image->header_count);
}

/* The symbol's address if it is the one wanted and is defined here, else NULL. */
static void *match(const struct elf_image *image, size_t index, const char *name)
{
    const ElfW(Sym) *symbol = ELEMENT(image, ElfW(Sym), image->symbols, index);
    unsigned char type, binding;

    if (!symbol || symbol->st_shndx == SHN_UNDEF || symbol->st_value == 0)
        return NULL;
    type = symbol->st_info & 0xf;
    binding = symbol->st_info >> 4;
    if ((type != STT_FUNC && type != STT_OBJECT && type != STT_NOTYPE) || binding == STB_LOCAL ||
        !elf_image_string_is(image, symbol->st_name, name) ||
        !elf_image_contains(image, (const void *)(image->base + symbol->st_value)))
        return NULL; /* code need not be readable */
    return (void *)(image->base + symbol->st_value);
}

static uint32_t gnu_hash_of(const char *name)
{
    uint32_t hash = 5381;

    for (; *name; name++)
        hash = hash * 33 + (unsigned char)*name;
    return hash;
}

/* A Bloom filter of address-sized words, the buckets, and one word a symbol follow. */
struct gnu_hash {
    uint32_t buckets, first_symbol, filter_words, shift;
};

static void *find_by_gnu_hash(const struct elf_image *image, const char *name)
{
    const struct gnu_hash *table = ELEMENT(image, struct gnu_hash, image->gnu_hash, 0);
    uintptr_t filter_table = image->gnu_hash + sizeof(*table);
    uintptr_t bucket_table, chain_table;
    const unsigned int bits = 8 * sizeof(ElfW(Addr));
    uint32_t hash = gnu_hash_of(name);
    const ElfW(Addr) *filter;
    const uint32_t *bucket;

    if (!table || table->buckets == 0 || table->filter_words == 0)
        return NULL;
    filter = ELEMENT(image, ElfW(Addr), filter_table, hash / bits % table->filter_words);
    if (!filter || !(*filter >> hash % bits & *filter >> (hash >> (table->shift & 31)) % bits & 1))
        return NULL;

    bucket_table = filter_table + table->filter_words * sizeof(ElfW(Addr));
    chain_table = bucket_table + table->buckets * sizeof(uint32_t);
    bucket = ELEMENT(image, uint32_t, bucket_table, hash % table->buckets);
    if (!bucket || *bucket < table->first_symbol)
        return NULL;

    for (size_t index = *bucket;; index++) {
        const uint32_t *chain = ELEMENT(image, uint32_t, chain_table, index - table->first_symbol);
        void *found;

        if (!chain)
            return NULL;
        if ((*chain | 1) == (hash | 1) && (found = match(image, index, name)))
            return found;
        if (*chain & 1)
            return NULL;
    }
}

uint32_t elf_hash_of(const char *name)
{
    uint32_t hash = 0;

    for (; *name; name++) {
        hash = (hash << 4) + (unsigned char)*name;
        hash ^= hash >> 24 & 0xf0;
        hash &= 0x0fffffff;
    }
    return hash;
}

__attribute__((cold)) static void *find_by_sysv_hash(const struct elf_image *image,
                                                     const char *name)
{
    /* The numbers of buckets and of symbols, the buckets, then one word a symbol. */
    const sysv_word *buckets = ELEMENT(image, sysv_word, image->sysv_hash, 0);
    const sysv_word *symbols = ELEMENT(image, sysv_word, image->sysv_hash, 1);
    const sysv_word *index;
    void *found;

    if (!buckets || !symbols || *buckets == 0 ||
        !elf_image_readable(image, image->sysv_hash, (size_t)*symbols * sizeof(sysv_word)))
        return NULL;
    index = ELEMENT(image, sysv_word, image->sysv_hash, 2 + elf_hash_of(name) % *buckets);
    for (sysv_word steps = 0; index && *index != 0 && steps < *symbols; steps++) {
        if ((found = match(image, *index, name)))
            return found;
        index = ELEMENT(image, sysv_word, image->sysv_hash, 2 + (size_t)*buckets + *index);
    }
    return NULL;
}

__attribute__((cold)) void *elf_image_symbol(const struct elf_image *image, const char *name)
{
    return image->gnu_hash ? find_by_gnu_hash(image, name) : find_by_sysv_hash(image, name);
}

uintptr_t elf_image_start(const struct elf_image *image)
{
    uintptr_t start = UINTPTR_MAX;

    for (size_t i = 0; i < image->header_count; i++) {
        uintptr_t segment = image->base + image->headers[i].p_vaddr;

        if (image->headers[i].p_type == PT_LOAD && segment < start)
            start = segment;
    }
    return start & -(uintptr_t)PAGE; /* what is mapped are whole pages */
}

uintptr_t elf_image_end(const struct elf_image *image)
{
    uintptr_t end = 0;

    for (size_t i = 0; i < image->header_count; i++) {
        uintptr_t segment = image->base + image->headers[i].p_vaddr + image->headers[i].p_memsz;

        if (image->headers[i].p_type == PT_LOAD && segment > end)
            end = segment;
    }
    return end;
}

bool elf_image_contains(const struct elf_image *image, const void *address)
{
    for (size_t i = 0; i < image->header_count; i++) {
        const ElfW(Phdr) *header = &image->headers[i];

        if (header->p_type == PT_LOAD &&
            spans(image->base + header->p_vaddr, header->p_memsz, (uintptr_t)address, 1))
            return true;
    }
    return false;
}

const char *elf_image_soname(const struct elf_image *image)
{
    for (size_t i = 0; i < image->dynamic_count && image->dynamic[i].d_tag != DT_NULL; i++)
        if (image->dynamic[i].d_tag == DT_SONAME)
            return elf_image_string(image, image->dynamic[i].d_un.d_val);
    return NULL;
}
