/*
 * What an object's symbol tables tell.
 */
#ifndef OSRANDOM_OBJECT_SYMBOLS_H
#define OSRANDOM_OBJECT_SYMBOLS_H

#include <gelf.h>

#include "object.h"

/* Of the symbols that a pin needs, in a table that is not exported. */
enum { PIN_NEEDS = 3 };

struct symbols_seen {
    bool set_method, is_openssl, exported_bytes, own_boringssl, own_aws_lc;
    struct {
        uint64_t address;
        unsigned int places;
    } own[PIN_NEEDS];
};

/* A section of type SHT_DYNSYM or SHT_SYMTAB. */
void object_read_symbols(struct object *object, Elf *elf, Elf_Scn *section, const GElf_Shdr *header,
                         struct symbols_seen *seen);

/* When all tables were read. */
void object_judge_symbols(struct object *object, const struct symbols_seen *seen);

#endif
