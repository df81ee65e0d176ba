/*
 * memory early|late|twice|default|info: CRYPTO_set_mem_functions() with an allocator that is not
 * malloc(), before or after OpenSSL's first allocation. A block that is not the allocator's own,
 * handed to its free, ends the program: under the shim that would be one of the blocks of the pin.
 */
#include <openssl/evp.h>
#include <openssl/rand.h>

#include "probe.h"

enum { ARENA = 64 << 20, HEADER = 16 };

static unsigned char arena[ARENA];
static size_t used;
static long blocks, foreign;

static int is_ours(const void *block)
{
    return (const unsigned char *)block >= arena && (const unsigned char *)block < arena + ARENA;
}

static void *take(size_t size, const char *file, int line)
{
    size_t whole = (size + 2 * HEADER - 1) / HEADER * HEADER;
    unsigned char *block = arena + used + HEADER;

    (void)file;
    (void)line;
    if (size == 0 || whole > ARENA - used)
        return NULL;
    memcpy(arena + used, &size, sizeof(size));
    used += whole;
    blocks++;
    return block;
}

static void give(void *block, const char *file, int line)
{
    (void)file;
    (void)line;
    if (block && !is_ours(block)) {
        fprintf(stderr, "a block that this allocator never made is given back to it\n");
        foreign++;
        _Exit(3);
    }
}

static void *retake(void *block, size_t size, const char *file, int line)
{
    void *larger = take(size, file, line);
    size_t before;

    if (block) {
        give(block, file, line);
        memcpy(&before, (unsigned char *)block - HEADER, sizeof(before));
        if (larger)
            memcpy(larger, block, before < size ? before : size);
    }
    return larger;
}

static void *take_other(size_t size, const char *file, int line)
{
    return take(size, file, line);
}

static void print_functions(void)
{
    void *(*malloc_now)(size_t, const char *, int);
    void *(*realloc_now)(void *, size_t, const char *, int);
    void (*free_now)(void *, const char *, int);

    CRYPTO_get_mem_functions(&malloc_now, &realloc_now, &free_now);
    print_number("get answers ours",
                 malloc_now == take && realloc_now == retake && free_now == give);
}

static void use(void)
{
    unsigned char bytes[32], digest[64];
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_id(EVP_PKEY_X25519, NULL);
    EVP_PKEY *key = NULL;
    void *block = OPENSSL_malloc(10);

    block = OPENSSL_realloc(block, 1000);
    OPENSSL_free(block);
    NEED(RAND_bytes(bytes, sizeof(bytes)) == 1);
    NEED(EVP_Digest(bytes, sizeof(bytes), digest, NULL, EVP_sha256(), NULL) == 1);
    NEED(EVP_PKEY_keygen_init(context) == 1 && EVP_PKEY_keygen(context, &key) == 1);
    EVP_PKEY_free(key);
    EVP_PKEY_CTX_free(context);
}

/* What a program does that saves the functions and puts them back. */
static void set_what_is_set(void)
{
    void *(*malloc_now)(size_t, const char *, int);
    void *(*realloc_now)(void *, size_t, const char *, int);
    void (*free_now)(void *, const char *, int);

    CRYPTO_get_mem_functions(&malloc_now, &realloc_now, &free_now);
    print_number("set what is set", CRYPTO_set_mem_functions(malloc_now, realloc_now, free_now));
}

/* It asks for OPENSSL_ia32cap, as OpenSSL's initialiser does. */
static void ask_for_the_processor(void)
{
#ifdef OPENSSL_INFO_CPU_SETTINGS
    print_number("processor", OPENSSL_info(OPENSSL_INFO_CPU_SETTINGS) != NULL);
#endif
}

int main(int argc, char **argv)
{
    const char *when = argc > 1 ? argv[1] : "early";

    if (strcmp(when, "default") == 0)
        set_what_is_set();
    if (strcmp(when, "late") == 0)
        OPENSSL_free(OPENSSL_malloc(1));
    print_number("set", CRYPTO_set_mem_functions(take, retake, give));
    if (strcmp(when, "twice") == 0)
        print_number("set again", CRYPTO_set_mem_functions(take_other, NULL, NULL));
    else
        print_functions();
    if (strcmp(when, "info") == 0)
        ask_for_the_processor();
    use();
    print_number("set after use", CRYPTO_set_mem_functions(take, retake, give));
    use();
    print_number("used", blocks > 0);
    OPENSSL_cleanup();
    print_number("foreign", foreign);
    return 0;
}
