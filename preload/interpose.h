/*
 * The functions that the shim defines over OpenSSL's and the C library's; exports.map lists the
 * same names. interpose.c gives each its reason.
 */
#ifndef OSRANDOM_INTERPOSE_H
#define OSRANDOM_INTERPOSE_H

#include <stddef.h>

#include "openssl_abi.h"

#pragma GCC visibility push(default)

int RAND_bytes(unsigned char *buffer, size_t length);
int RAND_priv_bytes(unsigned char *buffer, size_t length);
int RAND_pseudo_bytes(unsigned char *buffer, size_t length);
int RAND_bytes_ex(OSSL_LIB_CTX *context, unsigned char *buffer, size_t length,
                  unsigned int strength);
int RAND_priv_bytes_ex(OSSL_LIB_CTX *context, unsigned char *buffer, size_t length,
                       unsigned int strength);
int RAND_poll(void);
int RAND_status(void);
void RAND_seed(const void *buffer, int length);
void RAND_add(const void *buffer, int length, double entropy);

int EVP_RAND_generate(EVP_RAND_CTX *generator, unsigned char *buffer, size_t length,
                      unsigned int strength, int prediction_resistance, const unsigned char *more,
                      size_t more_length);
int EVP_RAND_nonce(EVP_RAND_CTX *generator, unsigned char *buffer, size_t length);
EVP_RAND_CTX *RAND_get0_primary(OSSL_LIB_CTX *context);
EVP_RAND_CTX *RAND_get0_public(OSSL_LIB_CTX *context);
EVP_RAND_CTX *RAND_get0_private(OSSL_LIB_CTX *context);
EVP_RAND_CTX *EVP_RAND_CTX_new(EVP_RAND *algorithm, EVP_RAND_CTX *parent);
int RAND_set0_public(OSSL_LIB_CTX *context, EVP_RAND_CTX *theirs);
int RAND_set0_private(OSSL_LIB_CTX *context, EVP_RAND_CTX *theirs);

const struct rand_method *RAND_get_rand_method(void);
int RAND_set_rand_method(const struct rand_method *theirs);
int RAND_set_rand_engine(ENGINE *engine);
void RAND_cleanup(void);
void ENGINE_cleanup(void);

ENGINE *ENGINE_by_id(const char *id);
ENGINE *ENGINE_get_first(void);
ENGINE *ENGINE_get_last(void);
void ENGINE_register_all_RAND(void);

int CRYPTO_set_mem_functions(malloc_function *malloc_fn, realloc_function *realloc_fn,
                             free_function *free_fn);
void CRYPTO_get_mem_functions(malloc_function **malloc_fn, realloc_function **realloc_fn,
                              free_function **free_fn);

char *getenv(const char *name);

#pragma GCC visibility pop

#endif
