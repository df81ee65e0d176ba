/*
 * The little of OpenSSL's binary interface that the shim uses, the same from 1.0.0 to 4.0 unless
 * said otherwise. Its headers are not included: one file serves every generation, and builds on a
 * machine that has none of them.
 */
#ifndef OSRANDOM_OPENSSL_ABI_H
#define OSRANDOM_OPENSSL_ABI_H

#include <stddef.h>

/* RAND_METHOD of <openssl/rand.h>; in 1.0.x seed and add return void. */
struct rand_method {
    int (*seed)(const void *buffer, int length);
    int (*bytes)(unsigned char *buffer, int length);
    void (*cleanup)(void);
    int (*add)(const void *buffer, int length, double entropy);
    int (*pseudorand)(unsigned char *buffer, int length);
    int (*status)(void);
};

/* These are never looked into. */
typedef struct engine_st ENGINE;
typedef struct ossl_lib_ctx_st OSSL_LIB_CTX;
typedef struct ossl_provider_st OSSL_PROVIDER;
typedef struct evp_rand_st EVP_RAND;
typedef struct evp_rand_ctx_st EVP_RAND_CTX;

/* CRYPTO_set_mem_functions(), since 1.1.0; before that the functions take no file and line. */
typedef void *malloc_function(size_t size, const char *file, int line);
typedef void *realloc_function(void *block, size_t size, const char *file, int line);
typedef void free_function(void *block, const char *file, int line);

#endif
