/*
 * Which loaded object an address lies in, asked without the loader's lock.
 *
 * dl_iterate_phdr() waits for that lock: a child that was forked while another thread held it waits
 * for ever, and so does a caller that holds what another thread's callback waits for. glibc 2.35's
 * _dl_find_object() takes none and may be called from a signal handler. Where it is not to be had
 * (older glibc, musl), the object's first page is looked for below the address: the kernel is asked
 * of each page whether it can be read and begins an ELF file, by futex(2), which faults on nobody's
 * behalf.
 *
 * Tools that add to a file move the program headers behind all else when their place is too small:
 * patchelf has, in the libcryptos of Python's wheels. Where they lie then no public word of the
 * loader's tells, but glibc tells all that they say of the dynamic section. Elsewhere they are
 * looked for in /proc/self/maps, once an object.
 *
 * What is answered holds as long as the object stays loaded: the one that holds running code does.
 * Thread and signal safe; errno is left alone, nothing is allocated.
 */
#ifndef OSRANDOM_LOADED_H
#define OSRANDOM_LOADED_H

#include <stdbool.h>
#include <stdint.h>

#include "elf_image.h"

/* In place of program headers that lie out of reach: one segment that is all of the object, which
 * may have gaps, and its dynamic section. */
enum { STAND_INS = 2 };

struct loaded {
    struct elf_image image; /* its headers may be the stand-ins below */
    uintptr_t start;        /* of its segments */
    const void *mark;       /* tells it from others that lie there later; NULL: not known */
    const char *path;       /* as the loader names it, "" for the program; NULL: not known */
    ElfW(Phdr) stand_in[STAND_INS];
};

/* False if no object is known to lie there, or it has no dynamic symbols. */
bool loaded_at(const void *address, struct loaded *loaded);

/* The same for whatever begins at this address, and will stay. */
bool loaded_from(uintptr_t start, struct loaded *loaded);

/* Looks for the program headers for which others stand in, where there are such. It reads
 * /proc/self/maps, and if that cannot be, the others stay. */
void loaded_find_headers(struct loaded *loaded);

/* Whether an object that was found here is still loaded. Nothing of it is read. */
bool loaded_still(uintptr_t start, const void *mark);

#endif
