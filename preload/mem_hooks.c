/*
 * See mem_hooks.h. The wrappers keep OpenSSL's own habits: no block of no size, and realloc() of
 * NULL or to no size is malloc() or free().
 */
#include "mem_hooks.h"

#include "imports.h"

typedef int set_mem_functions(malloc_function *, realloc_function *, free_function *);
typedef void get_mem_functions(malloc_function **, realloc_function **, free_function **);

/* The blocks that pins have made: one to three each (OpenSSL 1.1.0 to 4.0). */
enum { MOST_EARLY_BLOCKS = 8 * MOST_LIBCRYPTOS };
static void *_Atomic early_blocks[MOST_EARLY_BLOCKS];

/* Puts a block in the other's place; false if the other is not there. NULL stands in empty places.
 */
static bool replace_early_block(void *block, void *other)
{
    for (size_t i = 0; i < MOST_EARLY_BLOCKS; i++) {
        void *present = block;

        if (atomic_compare_exchange_strong(&early_blocks[i], &present, other))
            return true;
    }
    return false;
}

static bool is_early_block(const void *block)
{
    for (size_t i = 0; i < MOST_EARLY_BLOCKS && block; i++)
        if (early_blocks[i] == block)
            return true;
    return false;
}

static void *early_malloc(size_t size, const char *file, int line)
{
    void *block = size ? malloc(size) : NULL;

    (void)file;
    (void)line;
    if (block)
        replace_early_block(NULL, block);
    return block;
}

static void early_free(void *block, const char *file, int line)
{
    (void)file;
    (void)line;
    if (block)
        replace_early_block(block, NULL);
    free(block);
}

static void *early_realloc(void *block, size_t size, const char *file, int line)
{
    void *larger;

    if (!block)
        return early_malloc(size, file, line);
    if (!size) {
        early_free(block, file, line);
        return NULL;
    }
    replace_early_block(block, NULL);
    larger = realloc(block, size);
    replace_early_block(NULL, larger ? larger : block);
    return larger;
}

/* OpenSSL's own functions lie in an OpenSSL, this one or another that exports the same names. */
static bool is_openssl_code(const void *function)
{
    for (size_t i = 0; i < MOST_LIBCRYPTOS; i++) {
        const struct libcrypto *libcrypto = libcrypto_at(i);

        if (libcrypto && elf_image_contains(&libcrypto->image, function))
            return true;
    }
    return false;
}

bool mem_hooks_begin(const struct libcrypto *libcrypto, struct mem_functions *original)
{
    get_mem_functions *get = libcrypto_symbol(libcrypto, "CRYPTO_get_mem_functions");
    set_mem_functions *set = libcrypto_symbol(libcrypto, "CRYPTO_set_mem_functions");

    if (libcrypto->before_us || !libcrypto_symbol(libcrypto, "OpenSSL_version_num") || !get ||
        !set || !malloc || !realloc || !free)
        return false;
    get(&original->malloc, &original->realloc, &original->free);
    if (original->malloc == early_malloc) /* a fork cut another thread's pin off */
        *original = (struct mem_functions){libcrypto_symbol(libcrypto, "CRYPTO_malloc"),
                                           libcrypto_symbol(libcrypto, "CRYPTO_realloc"),
                                           libcrypto_symbol(libcrypto, "CRYPTO_free")};
    return is_openssl_code((const void *)original->malloc) &&
           set(early_malloc, early_realloc, early_free) == 1;
}

void mem_hooks_end(const struct libcrypto *libcrypto, const struct mem_functions *original)
{
    set_mem_functions *set = libcrypto_symbol(libcrypto, "CRYPTO_set_mem_functions");

    set(original->malloc, original->realloc, original->free);
}

static void *realloc_for(const struct libcrypto *libcrypto, void *block, size_t size,
                         const char *file, int line)
{
    return is_early_block(block) ? early_realloc(block, size, file, line)
                                 : libcrypto->memory.realloc(block, size, file, line);
}

static void free_for(const struct libcrypto *libcrypto, void *block, const char *file, int line)
{
    if (is_early_block(block))
        early_free(block, file, line);
    else
        libcrypto->memory.free(block, file, line);
}

/* OpenSSL hands its memory functions no word of whose they are, so each entry has its own pair. */
#define WRAPPERS(index)                                                                            \
    static void *realloc_##index(void *block, size_t size, const char *file, int line)             \
    {                                                                                              \
        return realloc_for(libcrypto_slot(index), block, size, file, line);                        \
    }                                                                                              \
    static void free_##index(void *block, const char *file, int line)                              \
    {                                                                                              \
        free_for(libcrypto_slot(index), block, file, line);                                        \
    }

WRAPPERS(0)
WRAPPERS(1)
WRAPPERS(2)
WRAPPERS(3)
WRAPPERS(4)
WRAPPERS(5)
WRAPPERS(6)
WRAPPERS(7)

static const struct {
    realloc_function *realloc;
    free_function *free;
} wrappers[MOST_LIBCRYPTOS] = {
    {realloc_0, free_0}, {realloc_1, free_1}, {realloc_2, free_2}, {realloc_3, free_3},
    {realloc_4, free_4}, {realloc_5, free_5}, {realloc_6, free_6}, {realloc_7, free_7},
};

static bool has_early_blocks(void)
{
    for (size_t i = 0; i < MOST_EARLY_BLOCKS; i++)
        if (early_blocks[i])
            return true;
    return false;
}

/* OpenSSL's own functions take the early blocks as they are, and call themselves when wrapped. */
static bool is_wrappable(const void *function)
{
    return function && !is_openssl_code(function);
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
    if (!has_early_blocks())
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
