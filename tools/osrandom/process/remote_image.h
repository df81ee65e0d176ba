/*
 * A small shared object in another process, read from that process's memory: its file may be
 * deleted, replaced, or out of reach in another mount namespace. Of 32 or of 64 bits.
 *
 * Only objects that need no other (no DT_NEEDED) and span at most 1 MiB are read: that is all that
 * the shim can be, and of the others hardly a page need be fetched. What is read is private from
 * then on, and every table in it is checked before it is used. Where a page cannot be had without
 * waiting (process_read()), zeros stand.
 */
#ifndef OSRANDOM_REMOTE_IMAGE_H
#define OSRANDOM_REMOTE_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "process.h"

enum { REMOTE_IMAGE_SEGMENTS = 32 };

struct remote_segment {
    uint32_t type, flags;             /* PT_LOAD; PF_X */
    uint64_t offset, address, length; /* in the file; in its numbering; in memory */
};

struct remote_image {
    uint64_t address;  /* in the target, of the first byte */
    uint64_t lowest;   /* the same byte's address in the file's own numbering */
    unsigned int word; /* in bytes: 4 or 8 */
    size_t size;
    unsigned char *bytes; /* the segments as they are mapped, with 0 in between */
    struct remote_segment segments[REMOTE_IMAGE_SEGMENTS];
    size_t segment_count;
};

enum remote_image_result {
    REMOTE_IMAGE_COPIED,
    REMOTE_IMAGE_NONE,    /* no such object begins there */
    REMOTE_IMAGE_CHANGED, /* what the list says is mapped could not be read, or memory ran out */
};

/* Reads the headers of the object whose first mapping this is, and nothing behind them: bytes stays
 * NULL. An object of any size. */
enum remote_image_result remote_image_headers(struct remote_image *image, struct process *process,
                                              const struct mapping *first);

/* Copies it; after REMOTE_IMAGE_COPIED it is to be freed. */
enum remote_image_result remote_image_copy(struct remote_image *image, struct process *process,
                                           const struct mapping *first);
void remote_image_free(struct remote_image *image);

/* The entry with this tag of its dynamic section, read from the target; false if there is none. */
bool remote_image_dynamic(const struct remote_image *image, struct process *process, uint64_t tag,
                          uint64_t *value);

/* Where in the target its dynamic section lies; 0: it has none. */
uint64_t remote_image_dynamic_address(const struct remote_image *image);

/* The address in the target of an exported function or object, 0 if there is none. */
uint64_t remote_image_symbol(const struct remote_image *image, const char *name);

/* Copies the build id, and returns its length: 0 if there is none or it is longer than room. */
size_t remote_image_build_id(const struct remote_image *image, unsigned char *id, size_t room);

#endif
