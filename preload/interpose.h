/*
 * The functions that the shim defines over OpenSSL's and the C library's; exports.map lists the
 * same names. Each has its reason where it is defined: draws.c, defaults.c, swaps.c, engines.c and
 * signal.c.
 *
 * In a process without OpenSSL these names exist all the same, and a program that probes for them
 * with dlsym() finds them: draws are served then, everything else answers 0 or NULL. Where nothing
 * is pinned (OSRANDOM_MODE=register and builtin, LibreSSL, BoringSSL, OSRANDOM_ON_REPLACE=allow)
 * each forwards to the OpenSSL that the caller means (whom.h). As a second net, they find and pin
 * an OpenSSL that came in unnoticed.
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
OSSL_LIB_CTX *OSSL_LIB_CTX_new(void);

const struct rand_method *RAND_OpenSSL(void);
const struct rand_method *RAND_SSLeay(void);
const struct rand_method *RAND_get_rand_method(void);
int RAND_set_rand_method(const struct rand_method *theirs);
int RAND_set_rand_engine(ENGINE *engine);
int RAND_set0_public(OSSL_LIB_CTX *context, EVP_RAND_CTX *theirs);
int RAND_set0_private(OSSL_LIB_CTX *context, EVP_RAND_CTX *theirs);
int RAND_set_DRBG_type(OSSL_LIB_CTX *context, const char *name, const char *properties,
                       const char *cipher, const char *digest);
int RAND_set1_random_provider(OSSL_LIB_CTX *context, OSSL_PROVIDER *provider);
int ENGINE_set_default_RAND(ENGINE *engine);
int ENGINE_set_default(ENGINE *engine, unsigned int methods);
int ENGINE_set_default_string(ENGINE *engine, const char *methods);
void RAND_cleanup(void);
void ENGINE_cleanup(void);

ENGINE *ENGINE_by_id(const char *id);
ENGINE *ENGINE_get_first(void);
ENGINE *ENGINE_get_last(void);
void ENGINE_register_all_RAND(void);

char *getenv(const char *name);
int getpid(void);

#pragma GCC visibility pop

#define CALLER __builtin_return_address(0)

/* Calls the function of this name in that OpenSSL; 0 or NULL if it has none. */
#define FORWARD(there, function, ...)                                                              \
    ({                                                                                             \
        __typeof__(&(function)) real = libcrypto_function(there, FUNCTION_##function);             \
        real ? real(__VA_ARGS__) : 0;                                                              \
    })

#endif
