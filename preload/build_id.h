/*
 * The build id of an object: a note (elf(5), "Notes") that the linker makes of all that it links,
 * and that lies in the file as in memory. One of less than eight bytes is nobody's fingerprint and
 * counts as none.
 *
 * Thread and signal safety: pure functions over memory that must stay mapped meanwhile.
 */
#ifndef OSRANDOM_BUILD_ID_H
#define OSRANDOM_BUILD_ID_H

#include "elf_image.h"

enum { SMALLEST_BUILD_ID = 8, LARGEST_BUILD_ID = 64 };

struct build_id {
    size_t size; /* 0: none */
    unsigned char bytes[LARGEST_BUILD_ID];
};

/* From notes with this alignment; false if there is none among them. */
bool build_id_read(struct build_id *id, const unsigned char *notes, size_t size, size_t alignment);

/* The one that is mapped with the object; false if there is none. */
bool build_id_of_image(struct build_id *id, const struct elf_image *image);

/* The ELF header that is mapped with the object, NULL if there is none. */
const ElfW(Ehdr) *elf_header_of(const struct elf_image *image);

#endif
