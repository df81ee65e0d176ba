/*
 * See mem_hooks.h. The wrappers keep OpenSSL's own habits: no block of no size, and realloc() of
 * NULL or to no size is malloc() or free().
 */
#include "mem_hooks.h"

#include "imports.h"

typedef int set_mem_functions(malloc_function *, realloc_function *, free_function *);
typedef void get_mem_functions(malloc_function **, realloc_function **, free_function **);

/* The blocks that a pin has made: one to three (OpenSSL 1.1.0 to 4.0). NULL stands in empty places.
 */
enum { MOST_EARLY_BLOCKS = 8 };
static void *_Atomic early_blocks[MOST_LIBCRYPTOS][MOST_EARLY_BLOCKS];

/* Puts a block in the other's place; false if the other is not there. */
static bool replace_early_block(size_t index, void *block, void *other)
{
    for (size_t i = 0; i < MOST_EARLY_BLOCKS; i++) {
        void *present = block;

        if (atomic_compare_exchange_strong(&early_blocks[index][i], &present, other))
            return true;
    }
    return false;
}

static bool is_early_block(size_t index, const void *block)
{
    for (size_t i = 0; i < MOST_EARLY_BLOCKS && block; i++)
        if (early_blocks[index][i] == block)
            return true;
    return false;
}

static bool has_early_blocks(size_t index)
{
    for (size_t i = 0; i < MOST_EARLY_BLOCKS; i++)
        if (early_blocks[index][i])
            return true;
    return false;
}

void mem_hooks_forget(struct libcrypto *libcrypto)
{
    for (size_t i = 0; i < MOST_EARLY_BLOCKS; i++)
        early_blocks[libcrypto_index(libcrypto)][i] = NULL;
    libcrypto->memory.realloc = NULL;
    libcrypto->memory.free = NULL;
}

/* ---- The wrappers: during the pin all blocks are early ones, later the program's are passed on.
 */

/* A block that could not be told from the program's is not made: the pin fails, nothing else. */
static void *malloc_for(size_t index, size_t size)
{
    void *block = size ? malloc(size) : NULL;

    if (block && !replace_early_block(index, NULL, block)) {
        free(block);
        return NULL;
    }
    return block;
}

static void free_for(size_t index, void *block, const char *file, int line)
{
    if (is_early_block(index, block)) {
        replace_early_block(index, block, NULL);
        free(block);
    } else if (block) {
        libcrypto_slot(index)->memory.free(block, file, line);
    }
}

static void *early_realloc(size_t index, void *block, size_t size)
{
    void *larger;

    replace_early_block(index, block, NULL);
    larger = realloc(block, size);
    replace_early_block(index, NULL, larger ? larger : block);
    return larger;
}

static void *realloc_for(size_t index, void *block, size_t size, const char *file, int line)
{
    realloc_function *theirs = libcrypto_slot(index)->memory.realloc;

    if (size && is_early_block(index, block))
        return early_realloc(index, block, size);
    if (theirs && !is_early_block(index, block))
        return theirs(block, size, file, line);
    if (!block)
        return malloc_for(index, size);
    free_for(index, block, file, line);
    return NULL;
}

/* OpenSSL hands its memory functions no word of whose they are, so each entry has its own. */
#define WRAPPERS(index)                                                                            \
    static void *malloc_##index(size_t size, const char *file, int line)                           \
    {                                                                                              \
        (void)file;                                                                                \
        (void)line;                                                                                \
        return malloc_for(index, size);                                                            \
    }                                                                                              \
    static void *realloc_##index(void *block, size_t size, const char *file, int line)             \
    {                                                                                              \
        return realloc_for(index, block, size, file, line);                                        \
    }                                                                                              \
    static void free_##index(void *block, const char *file, int line)                              \
    {                                                                                              \
        free_for(index, block, file, line);                                                        \
    }

WRAPPERS(0)
WRAPPERS(1)
WRAPPERS(2)
WRAPPERS(3)
WRAPPERS(4)
WRAPPERS(5)
WRAPPERS(6)
WRAPPERS(7)

#define NAMES(index)                                                                               \
    {                                                                                              \
        malloc_##index, realloc_##index, free_##index                                              \
    }
static const struct mem_functions wrappers[MOST_LIBCRYPTOS] = {
    NAMES(0), NAMES(1), NAMES(2), NAMES(3), NAMES(4), NAMES(5), NAMES(6), NAMES(7),
};

/* ---- Around the pin ---- */

bool mem_hooks_begin(const struct libcrypto *libcrypto, struct mem_functions *original)
{
    get_mem_functions *get = libcrypto_symbol(libcrypto, "CRYPTO_get_mem_functions");
    set_mem_functions *set = libcrypto_symbol(libcrypto, "CRYPTO_set_mem_functions");
    const struct mem_functions *early = &wrappers[libcrypto_index(libcrypto)];

    if (libcrypto->before_us || !libcrypto_symbol(libcrypto, "OpenSSL_version_num") || !get ||
        !set || !malloc || !realloc || !free)
        return false;
    get(&original->malloc, &original->realloc, &original->free);
    if (original->malloc == early->malloc) /* a fork cut another thread's pin off */
        *original = (struct mem_functions){libcrypto_symbol(libcrypto, "CRYPTO_malloc"),
                                           libcrypto_symbol(libcrypto, "CRYPTO_realloc"),
                                           libcrypto_symbol(libcrypto, "CRYPTO_free")};
    /* OpenSSL's own functions lie in an OpenSSL, this one or another that exports the same names */
    return libcrypto_around((const void *)original->malloc) &&
           set(early->malloc, early->realloc, early->free) == 1;
}

void mem_hooks_end(const struct libcrypto *libcrypto, const struct mem_functions *original)
{
    set_mem_functions *set = libcrypto_symbol(libcrypto, "CRYPTO_set_mem_functions");

    set(original->malloc, original->realloc, original->free);
}

/* ---- The program's own calls ---- */

/* OpenSSL's own functions take the early blocks as they are, and call themselves when wrapped. */
static bool is_wrappable(const void *function)
{
    return function && !libcrypto_around(function);
}

int mem_hooks_set(struct libcrypto *libcrypto, malloc_function *their_malloc,
                  realloc_function *their_realloc, free_function *their_free)
{
    set_mem_functions *set = libcrypto_symbol(libcrypto, "CRYPTO_set_mem_functions");
    realloc_function *realloc_before = libcrypto->memory.realloc;
    free_function *free_before = libcrypto->memory.free;
    size_t index = libcrypto_index(libcrypto);

    if (!set)
        return 0;
    if (!has_early_blocks(index))
        return set(their_malloc, their_realloc, their_free);
    if (is_wrappable((const void *)their_realloc))
        libcrypto->memory.realloc = their_realloc;
    if (is_wrappable((const void *)their_free))
        libcrypto->memory.free = their_free;
    if (set(their_malloc,
            is_wrappable((const void *)their_realloc) ? wrappers[index].realloc : their_realloc,
            is_wrappable((const void *)their_free) ? wrappers[index].free : their_free) == 1)
        return 1;
    libcrypto->memory.realloc = realloc_before;
    libcrypto->memory.free = free_before;
    return 0;
}

void mem_hooks_get(struct libcrypto *libcrypto, malloc_function **their_malloc,
                   realloc_function **their_realloc, free_function **their_free)
{
    get_mem_functions *get = libcrypto_symbol(libcrypto, "CRYPTO_get_mem_functions");
    size_t index = libcrypto_index(libcrypto);

    if (!get)
        return;
    get(their_malloc, their_realloc, their_free);
    if (their_realloc && *their_realloc == wrappers[index].realloc)
        *their_realloc = libcrypto->memory.realloc;
    if (their_free && *their_free == wrappers[index].free)
        *their_free = libcrypto->memory.free;
}
