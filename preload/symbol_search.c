/*
 * See symbol_search.h. Names are found by their ends, for linkers let a name lie in another's tail,
 * and symbols by the places of the names.
 */
#include "symbol_search.h"

#include <errno.h>

#include "linux_syscall.h"

static long read_some(int file, uint64_t offset, void *buffer, size_t size)
{
#if __SIZEOF_LONG__ == 8
    return linux_syscall(SYS_pread64, file, buffer, size, offset);
#elif defined(__arm__) /* 64-bit arguments begin in even registers there: syscall(2) */
    return linux_syscall(SYS_pread64, file, buffer, size, 0, (uint32_t)offset, offset >> 32);
#else
    return linux_syscall(SYS_pread64, file, buffer, size, (uint32_t)offset, offset >> 32);
#endif
}

bool symbol_search_read(int file, uint64_t offset, void *buffer, size_t size)
{
    unsigned char *to = buffer;

    while (size > 0) {
        long got = read_some(file, offset, to, size);

        if (got == -EINTR)
            continue;
        if (got <= 0)
            return false;
        to += got;
        offset += (uint64_t)got;
        size -= (size_t)got;
    }
    return true;
}

/* ---- Filters, so that what is not wanted costs next to nothing ---- */

static uint32_t mixed(uint32_t value)
{
    return value * UINT32_C(0x9e3779b1);
}

static void add_to(uint64_t *filter, uint32_t bit)
{
    filter[bit / 64] |= UINT64_C(1) << bit % 64;
}

static bool is_in(const uint64_t *filter, uint32_t bit)
{
    return filter[bit / 64] >> bit % 64 & 1;
}

static uint32_t tail_bit(uint32_t tail)
{
    return mixed(tail) >> 24;
}

static uint32_t offset_bit(uint32_t offset)
{
    return mixed(offset) >> 22;
}

static uint32_t tail_before(const unsigned char *end)
{
    uint32_t tail;

    __builtin_memcpy(&tail, end - sizeof(tail), sizeof(tail));
    return tail;
}

void symbol_search_want(struct symbol_search *search, const char *name)
{
    size_t index = search->count++, length = 0;

    for (; length < SYMBOL_NAME - 1 && name[length]; length++)
        search->wanted[index].name[length] = name[length];
    search->wanted[index].length = length;
    search->wanted[index].tail = tail_before((const unsigned char *)name + length);
    add_to(search->tails, tail_bit(search->wanted[index].tail));
}

/* ---- Names ---- */

static bool ends_with(const unsigned char *end, const char *name, size_t length)
{
    while (length--)
        if (*--end != (unsigned char)name[length])
            return false;
    return true;
}

/* A name ends here, at this offset of the table. False: there are too many of the wanted. */
static bool note_end(struct symbol_search *search, const unsigned char *end, uint64_t offset)
{
    uint32_t tail = tail_before(end);

    if (!is_in(search->tails, tail_bit(tail)))
        return true;
    for (uint32_t i = 0; i < search->count; i++) {
        size_t length = search->wanted[i].length;
        uint32_t start = (uint32_t)(offset - length);

        if (search->wanted[i].tail != tail || !ends_with(end, search->wanted[i].name, length))
            continue;
        if (search->spelling_count == MOST_SPELLINGS)
            return false;
        search->spellings[search->spelling_count].offset = start;
        search->spellings[search->spelling_count++].wanted = i;
        add_to(search->offsets, offset_bit(start));
    }
    return true;
}

/* The highest bit of each byte that is zero. */
static uintptr_t zero_bytes(const unsigned char *bytes)
{
    const uintptr_t low_bits = UINTPTR_MAX / 255 * 0x7f;
    uintptr_t word;

    __builtin_memcpy(&word, bytes, sizeof(word));
    return ~(((word & low_bits) + low_bits) | word | low_bits);
}

/* The index in memory of the first byte that is marked so; the mark is taken away. */
static size_t take_first(uintptr_t *marks)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    size_t index = (size_t)__builtin_ctzl(*marks) / 8;

    *marks &= *marks - 1;
#else
    size_t index = (size_t)__builtin_clzl(*marks) / 8;

    *marks &= ~((uintptr_t)0x80 << (sizeof(*marks) - 1 - index) * 8);
#endif
    return index;
}

/* The window has room behind its end for the rest of a word, where no zero byte counts. */
static bool note_ends(struct symbol_search *search, size_t length, uint64_t offset)
{
    const unsigned char *bytes = search->window + SEARCH_KEPT;

    for (size_t i = 0; i < length; i += sizeof(uintptr_t)) {
        uintptr_t marks = zero_bytes(bytes + i);

        while (marks) {
            size_t end = i + take_first(&marks);

            if (end < length && !note_end(search, bytes + end, offset + end))
                return false;
        }
    }
    return true;
}

static bool read_names(struct symbol_search *search, int file, const struct symbol_table *table)
{
    unsigned char *window = search->window + SEARCH_KEPT;

    for (uint64_t done = 0; done < table->name_bytes; done += SEARCH_WINDOW) {
        uint64_t left = table->name_bytes - done;
        size_t length = left < SEARCH_WINDOW ? (size_t)left : SEARCH_WINDOW;

        if (!symbol_search_read(file, table->names + done, window, length) ||
            !note_ends(search, length, done))
            return false;
        __builtin_memcpy(search->window, search->window + SEARCH_WINDOW, SEARCH_KEPT);
    }
    return true;
}

/* ---- Symbols ---- */

static void note_function(struct symbol_search *search, uint32_t wanted, const ElfW(Sym) *symbol)
{
    if (search->wanted[wanted].places == 0) {
        search->wanted[wanted].address = symbol->st_value;
        search->wanted[wanted].size = symbol->st_size;
        search->wanted[wanted].places = 1;
    } else if (search->wanted[wanted].address != symbol->st_value) {
        search->wanted[wanted].places = 2;
    }
}

static void note_symbol(struct symbol_search *search, const ElfW(Sym) *symbol)
{
    if (!is_in(search->offsets, offset_bit(symbol->st_name)) ||
        (symbol->st_info & 0xf) != STT_FUNC || symbol->st_shndx == SHN_UNDEF ||
        symbol->st_shndx >= SHN_LORESERVE)
        return;
    for (size_t i = 0; i < search->spelling_count; i++)
        if (search->spellings[i].offset == symbol->st_name)
            note_function(search, search->spellings[i].wanted, symbol);
}

static bool read_symbols(struct symbol_search *search, int file, const struct symbol_table *table)
{
    enum { AT_ONCE = SEARCH_WINDOW / sizeof(ElfW(Sym)) };
    const ElfW(Sym) *symbols = (const void *)search->window;

    for (uint64_t done = 0; done < table->symbol_count; done += AT_ONCE) {
        uint64_t left = table->symbol_count - done;
        size_t count = left < AT_ONCE ? (size_t)left : AT_ONCE;

        if (!symbol_search_read(file, table->symbols + done * sizeof(*symbols), search->window,
                                count * sizeof(*symbols)))
            return false;
        for (size_t i = 0; i < count; i++)
            note_symbol(search, &symbols[i]);
    }
    return true;
}

bool symbol_search_run(struct symbol_search *search, int file, const struct symbol_table *table)
{
    if (table->symbol_count > MOST_SYMBOLS || table->name_bytes > MOST_NAME_BYTES)
        return false;
    return read_names(search, file, table) &&
           (search->spelling_count == 0 || read_symbols(search, file, table));
}
