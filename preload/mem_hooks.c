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

/* The program's own functions, once they are wrapped. */
static struct mem_functions theirs[MOST_LIBCRYPTOS];

static bool exchange(size_t index, void *present, void *block)
{
    for (size_t i = 0; i < MOST_EARLY_BLOCKS; i++) {
        void *expected = present;

        if (atomic_compare_exchange_strong(&early_blocks[index][i], &expected, block))
            return true;
    }
    return false;
}

static bool add_early(size_t index, void *block)
{
    return exchange(index, NULL, block);
}

static bool remove_early(size_t index, void *block)
{
    return block && exchange(index, block, NULL);
}

static bool has_early(size_t index)
{
    for (size_t i = 0; i < MOST_EARLY_BLOCKS; i++)
        if (early_blocks[index][i])
            return true;
    return false;
}

void mem_hooks_forget(const struct libcrypto *libcrypto)
{
    for (size_t i = 0; i < MOST_EARLY_BLOCKS; i++)
        early_blocks[libcrypto_index(libcrypto)][i] = NULL;
    theirs[libcrypto_index(libcrypto)] = (struct mem_functions){0};
}

/* ---- The wrappers: during the pin all blocks are early ones, in the end the program's are passed
 *      on. ---- */

/* A block that could not be told from the program's is not made: the pin fails, nothing else. */
static void *malloc_for(size_t index, size_t size)
{
    void *block = size ? malloc(size) : NULL;

    if (block && !add_early(index, block)) {
        free(block);
        return NULL;
    }
    return block;
}

static void free_for(size_t index, void *block, const char *file, int line)
{
    if (remove_early(index, block))
        free(block);
    else if (block && theirs[index].free)
        theirs[index].free(block, file, line);
}

/* OpenSSL makes no early block larger: they are locks. */
static void *realloc_for(size_t index, void *block, size_t size, const char *file, int line)
{
    if (theirs[index].realloc)
        return theirs[index].realloc(block, size, file, line);
    if (!block)
        return malloc_for(index, size);
    if (size == 0)
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

/* ---- Around the pin, and at the end ---- */

/* False if OpenSSL (1.0.x) has no such functions, or there is no C library. */
static bool find_functions(const struct libcrypto *libcrypto, get_mem_functions **get,
                           set_mem_functions **set)
{
    *get = libcrypto_symbol(libcrypto, "CRYPTO_get_mem_functions");
    *set = libcrypto_symbol(libcrypto, "CRYPTO_set_mem_functions");
    return libcrypto_symbol(libcrypto, "OPENSSL_init_crypto") && *get && *set && malloc && free;
}

/* This one's, or another's that exports the same names and comes first in the look-up order. */
static bool is_openssls(const void *function, const char *name)
{
    for (size_t i = 0; i < MOST_LIBCRYPTOS; i++) {
        const struct libcrypto *libcrypto = libcrypto_at(i);

        if (libcrypto && libcrypto->is_permanent && libcrypto_symbol(libcrypto, name) == function)
            return true;
    }
    return false;
}

static bool is_default(const struct libcrypto *libcrypto, const void *function, const char *name)
{
    return libcrypto_symbol(libcrypto, name) == function || is_openssls(function, name);
}

bool mem_hooks_begin(const struct libcrypto *libcrypto, struct mem_functions *original)
{
    const struct mem_functions *early = &wrappers[libcrypto_index(libcrypto)];
    get_mem_functions *get;
    set_mem_functions *set;

    if (!find_functions(libcrypto, &get, &set))
        return false;
    get(&original->malloc, &original->realloc, &original->free);
    if (original->malloc == early->malloc) /* a fork cut another thread's pin off */
        *original = (struct mem_functions){libcrypto_symbol(libcrypto, "CRYPTO_malloc"),
                                           libcrypto_symbol(libcrypto, "CRYPTO_realloc"),
                                           libcrypto_symbol(libcrypto, "CRYPTO_free")};
    return is_default(libcrypto, (const void *)original->malloc, "CRYPTO_malloc") &&
           set(early->malloc, early->realloc, early->free) == 1;
}

void mem_hooks_end(const struct libcrypto *libcrypto, const struct mem_functions *original)
{
    set_mem_functions *set = libcrypto_symbol(libcrypto, "CRYPTO_set_mem_functions");

    set(original->malloc, original->realloc, original->free);
}

/* OpenSSL's own functions take the early blocks as they are: they are malloc()'s. */
void mem_hooks_close(const struct libcrypto *libcrypto)
{
    const size_t index = libcrypto_index(libcrypto);
    struct mem_functions now;
    get_mem_functions *get;
    set_mem_functions *set;

    if (!has_early(index) || !find_functions(libcrypto, &get, &set))
        return;
    get(&now.malloc, &now.realloc, &now.free);
    if (now.free == wrappers[index].free ||
        is_default(libcrypto, (const void *)now.free, "CRYPTO_free"))
        return;
    theirs[index] = now;
    set(now.malloc, wrappers[index].realloc, wrappers[index].free);
}
