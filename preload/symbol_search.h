/*
 * The addresses of named functions in the symbol table of an ELF file.
 *
 * The file is read through one window, first all names, then all symbols: a table of 34,000 symbols
 * costs some 60 reads, no memory that grows with it, and no page of the file that could vanish
 * while it is mapped. Nothing that the file says is believed: a read that comes back short is
 * damage, a name is looked for and not pointed to, and limits below bound the work.
 *
 * Thread and signal safety: whose memory it is. System calls only; errno untouched.
 */
#ifndef OSRANDOM_SYMBOL_SEARCH_H
#define OSRANDOM_SYMBOL_SEARCH_H

#include <link.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SYMBOL_NAME = 32,       /* bytes of a name with its end */
    MOST_WANTED = 32,       /* symbols */
    MOST_SPELLINGS = 256,   /* places in a table of names where one of them stands */
    MOST_SYMBOLS = 1 << 20, /* of a file: some 24 MB */
    MOST_NAME_BYTES = 1 << 26,
    SEARCH_WINDOW = 1 << 16,
    SEARCH_KEPT = 64, /* what stays of the window before: a name may have begun there */
};

struct wanted_symbol {
    const char *name; /* at least four characters, at most SYMBOL_NAME - 1 */
    void *address;    /* NULL: not found */
};

/* Where the tables lie in the file. */
struct symbol_table {
    uint64_t symbols, symbol_count;
    uint64_t names, name_bytes;
};

struct symbol_search {
    size_t count;
    struct {
        char name[SYMBOL_NAME];
        size_t length;
        uint32_t tail;           /* its last four bytes */
        unsigned int places;     /* in which a function of this name is; 2: or more */
        uintptr_t address, size; /* of the first; the address is one of the file */
    } wanted[MOST_WANTED];
    uint64_t tails[4];    /* which tails occur, by a hash */
    uint64_t offsets[16]; /* the same of the places where wanted names stand */
    struct {
        uint32_t offset, wanted;
    } spellings[MOST_SPELLINGS];
    size_t spelling_count;
    _Alignas(ElfW(Sym)) unsigned char window[SEARCH_KEPT + SEARCH_WINDOW];
};

/* All but the window must be zero at first. At most MOST_WANTED names. */
void symbol_search_want(struct symbol_search *search, const char *name);

/* All bytes at this offset of the file, or false: there are not so many, or they cannot be read. */
bool symbol_search_read(int file, uint64_t offset, void *buffer, size_t size);

/* Looks all wanted names up. False: damaged, larger than the limits, or cut short meanwhile. */
bool symbol_search_run(struct symbol_search *search, int file, const struct symbol_table *table);

#endif
