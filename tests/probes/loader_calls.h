/*
 * Every call that the shim has a part in, for loader.c. The last one ends the process.
 */
#ifndef OSRANDOM_PROBE_LOADER_CALLS_H
#define OSRANDOM_PROBE_LOADER_CALLS_H

#include "probe.h"

#ifdef HAS_LIB_CTX
#include <openssl/evp.h>
#endif

static unsigned char bytes[16];

static void get_memory_functions(void)
{
    void *(*malloc_now)(size_t, const char *, int);
    void *(*realloc_now)(void *, size_t, const char *, int);
    void (*free_now)(void *, const char *, int);

    CRYPTO_get_mem_functions(&malloc_now, &realloc_now, &free_now);
}

static void bn_rand(void)
{
    BIGNUM *number = BN_new();

    BN_rand(number, 256, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY);
    BN_free(number);
}

static int others_bytes(unsigned char *buffer, int length)
{
    memset(buffer, 0x42, (size_t)length);
    return 1;
}

static void swap(void)
{
    static const RAND_METHOD other = {.bytes = others_bytes, .pseudorand = others_bytes};

    RAND_set_rand_method(&other);
    RAND_set_rand_method(NULL);
}

#define FOUR(call) (call, call), (call, call)
#define SIXTEEN(call) FOUR(call), FOUR(call), FOUR(call), FOUR(call)

static void draw_from_many_places(void)
{
    SIXTEEN(RAND_bytes(bytes, sizeof(bytes)));
    SIXTEEN(RAND_priv_bytes(bytes, sizeof(bytes)));
    SIXTEEN(RAND_bytes(bytes, sizeof(bytes)));
    SIXTEEN(RAND_priv_bytes(bytes, sizeof(bytes)));
}

#ifdef HAS_LIB_CTX
static EVP_RAND_CTX *own;

static EVP_RAND_CTX *make_own(void)
{
    static EVP_RAND *method;

    if (!method)
        method = EVP_RAND_fetch(NULL, "TEST-RAND", NULL);
    return EVP_RAND_CTX_new(method, NULL);
}
#define WITH_GENERATORS(X)                                                                         \
    X(bytes_ex, "RAND_bytes_ex", RAND_bytes_ex(NULL, bytes, sizeof(bytes), 0))                     \
    X(priv_ex, "RAND_priv_bytes_ex", RAND_priv_bytes_ex(NULL, bytes, sizeof(bytes), 0))            \
    X(primary, "RAND_get0_primary", RAND_get0_primary(NULL))                                       \
    X(public, "RAND_get0_public", RAND_get0_public(NULL))                                          \
    X(private, "RAND_get0_private", RAND_get0_private(NULL))                                       \
    X(default_draw, "EVP_RAND_generate of a default",                                              \
      EVP_RAND_generate(RAND_get0_public(NULL), bytes, sizeof(bytes), 0, 0, NULL, 0))              \
    X(own_draw, "EVP_RAND_generate of an own generator",                                           \
      EVP_RAND_generate(own, bytes, sizeof(bytes), 0, 0, NULL, 0))                                 \
    X(own_nonce, "EVP_RAND_nonce of an own generator", EVP_RAND_nonce(own, bytes, sizeof(bytes)))  \
    X(own_new, "EVP_RAND_CTX_new", EVP_RAND_CTX_free(make_own()))
#else
#define WITH_GENERATORS(X)
#endif
#ifdef HAS_ENGINE
#define WITH_ENGINES(X)                                                                            \
    X(set_engine, "RAND_set_rand_engine", RAND_set_rand_engine(NULL))                              \
    X(by_id, "ENGINE_by_id", ENGINE_by_id("dynamic"))                                              \
    X(first, "ENGINE_get_first", ENGINE_free(ENGINE_get_first()))                                  \
    X(last, "ENGINE_get_last", ENGINE_free(ENGINE_get_last()))                                     \
    X(all, "ENGINE_register_all_complete", ENGINE_register_all_complete())
#else
#define WITH_ENGINES(X)
#endif
#define CALLS(X)                                                                                   \
    X(draw, "RAND_bytes", RAND_bytes(bytes, sizeof(bytes)))                                        \
    X(priv, "RAND_priv_bytes", RAND_priv_bytes(bytes, sizeof(bytes)))                              \
    X(pseudo, "RAND_pseudo_bytes", RAND_pseudo_bytes(bytes, sizeof(bytes)))                        \
    X(places, "RAND_bytes from many places", draw_from_many_places())                              \
    X(bn, "BN_rand", bn_rand())                                                                    \
    X(poll, "RAND_poll", RAND_poll())                                                              \
    X(status, "RAND_status", RAND_status())                                                        \
    X(seed, "RAND_seed", RAND_seed("seed", 4))                                                     \
    X(add, "RAND_add", RAND_add("seed", 4, 4.0))                                                   \
    X(get_method, "RAND_get_rand_method", RAND_get_rand_method())                                  \
    X(set_method, "RAND_set_rand_method", RAND_set_rand_method(NULL))                              \
    X(openssl, "RAND_OpenSSL()->bytes", RAND_OpenSSL()->bytes(bytes, sizeof(bytes)))               \
    X(swap, "RAND_set_rand_method of another", swap())                                             \
    X(get_memory, "CRYPTO_get_mem_functions", get_memory_functions())                              \
    X(set_memory, "CRYPTO_set_mem_functions", CRYPTO_set_mem_functions(NULL, NULL, NULL))          \
    X(signal, "getenv", getenv("OPENSSL_ia32cap"))                                                 \
    WITH_GENERATORS(X) WITH_ENGINES(X)

#define MAKE(id, name, expression)                                                                 \
    static void make_##id(void)                                                                    \
    {                                                                                              \
        (void)(expression);                                                                        \
    }
#define ENTRY(id, name, expression) {name, make_##id},

CALLS(MAKE)

static void make_exit(void)
{
    exit(0);
}

/* The last one is not made twice. */
static const struct {
    const char *name;
    void (*make)(void);
} calls[] = {CALLS(ENTRY){"exit", make_exit}};

enum { CALL_COUNT = sizeof(calls) / sizeof(calls[0]) };

#endif
