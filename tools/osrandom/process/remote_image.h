/*
 * A small shared object in another process, read from that process's memory: its file may be
 * deleted, replaced, or out of reach in another mount namespace.
 *
 * Only objects that need no other (no DT_NEEDED) and span at most 1 MiB are read: that is all that
 * the shim can be, and of the others hardly a page need be fetched. What is read is private from
 * then on, and every table in it is checked before it is used (elf_image.h).
 */
#ifndef OSRANDOM_REMOTE_IMAGE_H
#define OSRANDOM_REMOTE_IMAGE_H

#include <link.h>

#include "process.h"

enum { REMOTE_IMAGE_HEADERS = 32 };

struct remote_image {
    uint64_t address; /* in the target, of the first byte */
    uint64_t lowest;  /* the same byte's address in the file's own numbering */
    size_t size;
    unsigned char *bytes; /* the segments as they are mapped, with 0 in between */
    ElfW(Phdr) headers[REMOTE_IMAGE_HEADERS];
    size_t header_count;
};

enum remote_image_result {
    REMOTE_IMAGE_COPIED,
    REMOTE_IMAGE_NONE,    /* no such object begins there */
    REMOTE_IMAGE_CHANGED, /* what the list says is mapped could not be read, or memory ran out */
};

/* Copies the object whose first mapping this is; after REMOTE_IMAGE_COPIED it is to be freed. */
enum remote_image_result remote_image_copy(struct remote_image *image,
                                           const struct process *process,
                                           const struct mapping *first);
void remote_image_free(struct remote_image *image);

/* The address in the target of an exported function or object, 0 if there is none. */
uint64_t remote_image_symbol(const struct remote_image *image, const char *name);

/* Copies the build id, and returns its length: 0 if there is none or it is longer than room. */
size_t remote_image_build_id(const struct remote_image *image, unsigned char *id, size_t room);

#endif
