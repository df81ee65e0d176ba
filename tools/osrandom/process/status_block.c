/*
 * See status_block.h.
 */
#include "status_block.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "remote_image.h"

enum { ATTEMPTS = 3 };

/* The loader maps files privately, the ELF header first. A shared mapping may be a device's, which
 * is not to be read by accident. */
static bool may_begin_object(const struct mapping *mapping)
{
    return mapping->inode != 0 && mapping->offset == 0 && mapping->permissions[0] == 'r' &&
           mapping->permissions[3] == 'p';
}

/* An object that a program reads as a file is mapped, but has no block that could be written. */
static bool can_write_its_block(const struct process *process, const struct mapping *first,
                                uint64_t block)
{
    const struct mapping *data = process_mapping_at(process, block);

    return data && data->inode == first->inode && data->device == first->device &&
           data->permissions[1] == 'w';
}

static void describe(const struct process *process, uint64_t base, struct block_object *object)
{
    static const char mark[] = " (deleted)";
    const struct mapping *mapping = process_mapping_at(process, base);
    size_t length, name_length;

    *object = (struct block_object){.base = base};
    if (!mapping)
        return;
    object->device = mapping->device;
    object->inode = mapping->inode;
    length = strlen(mapping->path);
    name_length = length < strlen(mark) ? 0 : length - strlen(mark);
    object->deleted = name_length > 0 && strcmp(mapping->path + name_length, mark) == 0;
    snprintf(object->path, sizeof(object->path), "%.*s",
             (int)(object->deleted ? name_length : length), mapping->path);
}

static void read_counters(const struct process *process, uint64_t address, struct block *status)
{
    struct osrandom_counters counters;

    status->counters = BLOCK_NOT_STARTED;
    if (address == 0)
        return;
    status->counters = BLOCK_UNREADABLE;
    if (!process_read(process, address, &counters, sizeof(counters)))
        return;
    status->counters = BLOCK_COUNTED;
    for (size_t i = 0; i < RANDOM_STRIPES; i++) {
        status->draws += counters.tallies[i].draws;
        status->bytes += counters.tallies[i].bytes;
    }
    status->swaps = counters.swaps;
    status->failures = counters.failures;
}

/* A value that no shim of this layout writes is the end of trust, and indexes nothing. */
static bool read_openssls(const struct process *process, const struct osrandom_status *block,
                          struct block *status)
{
    for (size_t i = 0; i < OSRANDOM_STATUS_LIBCRYPTOS; i++) {
        struct block_openssl *openssl = &status->openssl[status->openssl_count];

        if (block->libcrypto[i].base == 0)
            continue;
        if (block->libcrypto[i].pin > PIN_GUARDED)
            return false;
        describe(process, block->libcrypto[i].base, &openssl->object);
        openssl->version = block->libcrypto[i].version;
        openssl->pin = block->libcrypto[i].pin;
        status->openssl_count++;
    }
    return true;
}

static enum block_result read_block(const struct process *process, uint64_t address,
                                    struct block *status, bool *changed)
{
    struct osrandom_status block;

    if (!process_read(process, address, &block, sizeof(block))) {
        *changed = true;
        return BLOCK_NO_SHIM;
    }
    if (memcmp(block.magic, OSRANDOM_STATUS_MAGIC, sizeof(block.magic)) != 0)
        return BLOCK_DISTRUSTED;
    if (block.layout != OSRANDOM_STATUS_LAYOUT)
        return BLOCK_OTHER_LAYOUT;
    if (block.size < sizeof(block) || block.mode > MODE_RESEED || block.source > RANDOM_URANDOM ||
        !read_openssls(process, &block, status))
        return BLOCK_DISTRUSTED;
    status->mode = block.mode;
    status->source = block.source;
    read_counters(process, block.counters, status);
    return BLOCK_READ;
}

/* What the object that begins here has to say. */
static enum block_result read_object(const struct process *process, const struct mapping *first,
                                     struct block *status, bool *changed)
{
    struct remote_image image;
    enum remote_image_result copied = remote_image_copy(&image, process, first);
    uint64_t block;

    if (copied == REMOTE_IMAGE_CHANGED)
        *changed = true;
    if (copied != REMOTE_IMAGE_COPIED)
        return BLOCK_NO_SHIM;
    memset(status, 0, sizeof(*status));
    block = remote_image_symbol(&image, "osrandom_status");
    status->build_id_size =
        remote_image_build_id(&image, status->build_id, sizeof(status->build_id));
    remote_image_free(&image);
    if (!block || !can_write_its_block(process, first, block))
        return BLOCK_NO_SHIM;
    describe(process, first->start, &status->shim);
    return read_block(process, block, status, changed);
}

static bool pins_any(const struct block *status)
{
    for (size_t i = 0; i < status->openssl_count; i++)
        if (status->openssl[i].pin == PIN_HELD)
            return true;
    return false;
}

enum block_result block_of_process(const struct process *process, struct block *status,
                                   bool *changed)
{
    enum block_result best = BLOCK_NO_SHIM;
    unsigned int shims = 0;

    *changed = false;
    for (size_t i = 0; i < process->count; i++) {
        struct block candidate;
        enum block_result result;

        if (!may_begin_object(&process->mappings[i]))
            continue;
        result = read_object(process, &process->mappings[i], &candidate, changed);
        if (result == BLOCK_READ && (shims++ == 0 || (!pins_any(status) && pins_any(&candidate))))
            *status = candidate;
        if (best != BLOCK_READ && result != BLOCK_NO_SHIM)
            best = result;
    }
    status->shims = shims;
    return best;
}

static enum block_result result_of(int error)
{
    if (error == EACCES)
        return BLOCK_NOT_PERMITTED;
    errno = error;
    return error == ESRCH ? BLOCK_NO_PROCESS : BLOCK_FAILED;
}

enum block_result block_of_pid(pid_t pid, struct block *status)
{
    enum block_result result = BLOCK_NO_SHIM;
    bool changed = true;

    for (int i = 0; i < ATTEMPTS && changed && result == BLOCK_NO_SHIM; i++) {
        struct process process;
        int error = process_open(&process, pid);

        if (error)
            return result_of(error);
        result = block_of_process(&process, status, &changed);
        process_close(&process);
    }
    return result;
}
