/*
 * See status_block.h.
 */
#include "status_block.h"

#include <errno.h>
#include <stddef.h>
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

    return data && process_same_file(data, first) && data->permissions[1] == 'w';
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

static void read_counters(struct process *process, uint64_t address, struct block *status,
                          bool *changed)
{
    struct osrandom_counters counters;

    status->counters = BLOCK_NOT_STARTED;
    if (address == 0)
        return;
    status->counters = BLOCK_UNREADABLE;
    if (!process_read(process, address, &counters, sizeof(counters))) {
        *changed = true; /* they may be younger than the list */
        return;
    }
    status->counters = BLOCK_COUNTED;
    for (size_t i = 0; i < RANDOM_STRIPES; i++) {
        status->draws += counters.tallies[i].draws;
        status->bytes += counters.tallies[i].bytes;
    }
    status->swaps = counters.swaps;
    status->failures = counters.failures;
}

/* ---- The method ---- */

static bool read_word(struct process *process, unsigned int size, uint64_t address, uint64_t *word)
{
    uint32_t narrow = 0;

    if (size == sizeof(*word))
        return process_read(process, address, word, sizeof(*word));
    if (!process_read(process, address, &narrow, sizeof(narrow)))
        return false;
    *word = narrow;
    return true;
}

/* The data of an object are its file's writable mappings, and the memory without a file right
 * behind them. */
static bool is_in_data(const struct process *process, uint64_t base, uint64_t address)
{
    const struct mapping *object = process_mapping_at(process, base);
    const struct mapping *data = process_mapping_at(process, address);

    if (!object || !data || data->permissions[1] != 'w')
        return false;
    while (data > process->mappings && data->inode == 0 && data[-1].end == data->start)
        data--;
    return process_same_file(object, data);
}

/* A method is six pointers to functions. */
static bool is_method_of(struct process *process, const struct remote_image *shim, uint64_t address)
{
    enum { FUNCTIONS = 6 };

    for (unsigned int i = 0; i < FUNCTIONS; i++) {
        const struct mapping *code;
        uint64_t function;

        if (!read_word(process, shim->word, address + (uint64_t)i * shim->word, &function) ||
            function - shim->address >= shim->size)
            return false;
        code = process_mapping_at(process, function);
        if (!code || code->permissions[2] != 'x')
            return false;
    }
    return true;
}

static enum block_method method_at(struct process *process, const struct remote_image *shim,
                                   uint64_t base, uint64_t address)
{
    uint64_t method;

    if (address == 0)
        return BLOCK_METHOD_UNKNOWN;
    if (!is_in_data(process, base, address) || !read_word(process, shim->word, address, &method))
        return BLOCK_METHOD_FALSE;
    if (method == 0)
        return BLOCK_METHOD_NONE;
    return method - shim->address < shim->size && is_method_of(process, shim, method)
               ? BLOCK_METHOD_OURS
               : BLOCK_METHOD_OTHER;
}

/* ---- The block ---- */

/* A value that no shim of this layout writes is the end of trust, and indexes nothing. */
static bool read_openssls(struct process *process, const struct remote_image *shim,
                          const struct osrandom_status *block, struct block *status)
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
        openssl->method_word = block->method[i];
        openssl->method = method_at(process, shim, block->libcrypto[i].base, block->method[i]);
        status->openssl_count++;
    }
    return true;
}

/* The first shims of this layout had no addresses of methods yet, the next ones no rule; later ones
 * may have more. */
static const size_t size_of_first = offsetof(struct osrandom_status, method);
static const size_t size_of_second = offsetof(struct osrandom_status, rule);

static bool is_size(uint32_t size)
{
    return size == size_of_first || size == size_of_second ||
           size >= sizeof(struct osrandom_status);
}

static bool read_bytes(struct process *process, uint64_t address, struct osrandom_status *block)
{
    *block = (struct osrandom_status){.size = 0};
    if (!process_read(process, address, block, size_of_first))
        return false;
    if (block->size < size_of_second)
        return true;
    return process_read(process, address, block,
                        block->size < sizeof(*block) ? size_of_second : sizeof(*block));
}

static enum block_result read_block(struct process *process, const struct remote_image *shim,
                                    uint64_t address, struct block *status, bool *changed)
{
    struct osrandom_status block;

    if (!read_bytes(process, address, &block)) {
        *changed = true;
        return BLOCK_NO_SHIM;
    }
    if (memcmp(block.magic, OSRANDOM_STATUS_MAGIC, sizeof(block.magic)) != 0)
        return BLOCK_DISTRUSTED;
    if (block.layout != OSRANDOM_STATUS_LAYOUT)
        return BLOCK_OTHER_LAYOUT;
    if (!is_size(block.size) || block.mode > MODE_RESEED || block.source > RANDOM_URANDOM ||
        !read_openssls(process, shim, &block, status))
        return BLOCK_DISTRUSTED;
    status->mode = block.mode;
    status->source = block.source;
    status->rule = block.rule;
    status->ruled = block.ruled;
    read_counters(process, block.counters, status, changed);
    return BLOCK_READ;
}

static void describe_image(const struct process *process, const struct mapping *first,
                           const struct remote_image *image, struct block *status)
{
    status->build_id_size =
        remote_image_build_id(image, status->build_id, sizeof(status->build_id));
    status->word = image->word;
    status->dynamic = remote_image_dynamic_address(image);
    describe(process, first->start, &status->shim);
}

static enum block_result read_shim(struct process *process, const struct mapping *first,
                                   const struct remote_image *image, struct block *status,
                                   bool *changed)
{
    uint64_t block = remote_image_symbol(image, "osrandom_status");

    memset(status, 0, sizeof(*status));
    if (!block || !can_write_its_block(process, first, block))
        return BLOCK_NO_SHIM;
    describe_image(process, first, image, status);
    return read_block(process, image, block, status, changed);
}

/* ---- The provider's ---- */

/* Where the object begins whose code lies there; 0 if none does. */
static uint64_t base_of_code(const struct process *process, uint64_t address)
{
    const struct mapping *code = process_mapping_at(process, address);

    if (!code || code->inode == 0 || code->permissions[2] != 'x')
        return 0;
    for (size_t i = (size_t)(code - process->mappings) + 1; i > 0; i--) {
        const struct mapping *first = &process->mappings[i - 1];

        if (process_same_file(first, code) && may_begin_object(first))
            return first->start;
    }
    return 0;
}

static void read_drawings(const struct process *process,
                          const struct osrandom_provider_status *block,
                          struct block_provider *provider)
{
    for (size_t i = 0; i < OSRANDOM_PROVIDER_OPENSSLS; i++) {
        uint64_t base = base_of_code(process, block->openssl[i].function);

        if (base)
            provider->openssl[provider->openssl_count++] =
                (struct block_drawing){base, block->openssl[i].has_drawn == 1};
    }
}

static bool is_provider_block(const struct osrandom_provider_status *block)
{
    return memcmp(block->magic, OSRANDOM_STATUS_MAGIC, sizeof(block->magic)) == 0 &&
           block->layout == OSRANDOM_PROVIDER_LAYOUT && block->size >= sizeof(*block) &&
           block->source <= RANDOM_URANDOM;
}

static void read_provider(struct process *process, const struct mapping *first,
                          const struct remote_image *image, struct block_provider *provider,
                          bool *changed)
{
    uint64_t address = remote_image_symbol(image, "osrandom_provider_status");
    struct osrandom_provider_status block;

    if (!address || !can_write_its_block(process, first, address) ||
        !process_read(process, address, &block, sizeof(block)) || !is_provider_block(&block))
        return;
    *provider = (struct block_provider){.is_there = true, .module.source = block.source};
    describe_image(process, first, image, &provider->module);
    read_drawings(process, &block, provider);
    read_counters(process, block.counters, &provider->module, changed);
}

static bool draws_any(const struct block_provider *provider)
{
    for (size_t i = 0; i < provider->openssl_count; i++)
        if (provider->openssl[i].has_drawn)
            return true;
    return false;
}

/* What the object that begins here has to say. */
static enum block_result read_object(struct process *process, const struct mapping *first,
                                     struct block *status, struct block_provider *provider,
                                     bool *changed)
{
    struct remote_image image;
    enum remote_image_result copied = remote_image_copy(&image, process, first);
    enum block_result result;

    if (copied == REMOTE_IMAGE_CHANGED)
        *changed = true;
    if (copied != REMOTE_IMAGE_COPIED)
        return BLOCK_NO_SHIM;
    result = read_shim(process, first, &image, status, changed);
    if (provider && !draws_any(provider)) /* of several, the one that is drawn from */
        read_provider(process, first, &image, provider, changed);
    remote_image_free(&image);
    return result;
}

static bool pins_any(const struct block *status)
{
    for (size_t i = 0; i < status->openssl_count; i++)
        if (status->openssl[i].pin == PIN_HELD)
            return true;
    return false;
}

enum block_result blocks_of_process(struct process *process, struct block *status,
                                    struct block_provider *provider, bool *changed)
{
    enum block_result best = BLOCK_NO_SHIM;
    unsigned int shims = 0;

    *changed = false;
    if (provider)
        *provider = (struct block_provider){.is_there = false};
    for (size_t i = 0; i < process->count; i++) {
        struct block candidate;
        enum block_result result;

        if (!may_begin_object(&process->mappings[i]))
            continue;
        result = read_object(process, &process->mappings[i], &candidate, provider, changed);
        if (result == BLOCK_READ && (shims++ == 0 || (!pins_any(status) && pins_any(&candidate))))
            *status = candidate;
        if (best != BLOCK_READ && result != BLOCK_NO_SHIM)
            best = result;
    }
    status->shims = shims;
    return best;
}

enum block_result block_of_process(struct process *process, struct block *status, bool *changed)
{
    return blocks_of_process(process, status, NULL, changed);
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

    for (int i = 0; i < ATTEMPTS && changed; i++) {
        struct process process;
        int error = process_open(&process, pid);

        if (error)
            return result_of(error);
        result = block_of_process(&process, status, &changed);
        process_close(&process);
    }
    return result;
}
