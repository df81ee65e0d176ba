/*
 * Functions of an object that exports none of them: from the symbol table of its file, or from its
 * separate debug symbols, /usr/lib/debug/.build-id/xx/yyyy.debug.
 *
 * The file must be the one in memory. If a build id is mapped, the file has the same, and the same
 * program headers; if none is, the file has the ELF header that is mapped, in which the number and
 * the place of its sections stand, the same program headers, and the same code where the functions
 * begin. A debug file must have the build id. In doubt nothing is found. An address that is
 * answered lies in a segment of the object that the loader has mapped as code.
 *
 * Two copies of OpenSSL in one object have the names twice. Nothing tells surely which function
 * belongs to which copy (compilers move functions away from their neighbours), so nothing is
 * answered; nor if the caller's code lies outside the one OPENSSL_cpuid_setup(): then the copy that
 * calls is another one, without symbols.
 *
 * Reads ELF files of the machine's own word size and byte order. Not read: compressed symbols
 * (.gnu_debugdata), and files with more than 65,279 sections.
 *
 * Costs: an open(), an fstat(), some 70 reads, a close(), one mmap() of 80 KiB that is undone; 0.5
 * ms for 34,000 symbols, at most some 20 ms (limits: symbol_search.h). errno untouched. Thread and
 * signal safety: keeps nothing; the object must stay mapped meanwhile.
 */
#ifndef OSRANDOM_SYMBOL_FILE_H
#define OSRANDOM_SYMBOL_FILE_H

#include <stddef.h>

#include "elf_image.h"
#include "symbol_search.h"

enum symbol_file_answer {
    SYMBOLS_FOUND,     /* one at least */
    SYMBOLS_NO_FILE,   /* it cannot be opened, or is no regular file */
    SYMBOLS_OTHER,     /* the path names another file than the one in memory */
    SYMBOLS_NONE,      /* none of them: stripped, and no debug symbols are installed */
    SYMBOLS_DAMAGED,   /* or larger than the limits, or cut while it was read */
    SYMBOLS_AMBIGUOUS, /* more than one copy */
    SYMBOLS_NO_MEMORY,
};

/* Of an image, base and the program headers are used. The path is the loader's name of it; "" is
 * the program. caller: the code in it that asked for OPENSSL_ia32cap, or NULL. At most
 * MOST_WANTED - 1 symbols; all addresses are written, NULL if the answer is not SYMBOLS_FOUND. */
enum symbol_file_answer symbol_file_find(const struct elf_image *image, const char *path,
                                         const void *caller, struct wanted_symbol *wanted,
                                         size_t count);

/* A few words for a report: why nothing was found. */
const char *symbol_file_reason(enum symbol_file_answer answer);

#endif
