/*
 * What the probes share: they print lines of name=value, and stop at the first thing that a program
 * has the right to expect and does not get.
 */
#ifndef OSRANDOM_PROBE_H
#define OSRANDOM_PROBE_H

#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/opensslv.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if OPENSSL_VERSION_NUMBER >= 0x30000000L
#define HAS_LIB_CTX 1
#endif
#if OPENSSL_VERSION_NUMBER < 0x40000000L
#include <openssl/engine.h>
#define HAS_ENGINE 1
#endif

#if OPENSSL_VERSION_NUMBER >= 0x10101000L
#define HAS_PRIV_BYTES 1
#define HAS_RAW_KEYS 1
#endif
#if OPENSSL_VERSION_NUMBER >= 0x10100000L
#define HAS_CLEANUP 1
#else
#include "before_1_1.h"
#endif

#define NEED(condition)                                                                            \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                        \
            ERR_print_errors_fp(stderr);                                                           \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

static inline void print_hex(const char *name, const void *bytes, size_t length)
{
    const unsigned char *b = bytes;

    printf("%s=", name);
    for (size_t i = 0; i < length; i++)
        printf("%02x", b[i]);
    printf("\n");
}

static inline void print_number(const char *name, long number)
{
    printf("%s=%ld\n", name, number);
}

/* A draw of OpenSSL's own, by code inside it. */
static inline void print_bn_rand(void)
{
    BIGNUM *number = BN_new();
    unsigned char bytes[32];

    NEED(BN_rand(number, 256, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) == 1 &&
         BN_bn2binpad(number, bytes, sizeof(bytes)) == sizeof(bytes));
    print_hex("BN_rand", bytes, sizeof(bytes));
    BN_free(number);
}

static inline void print_draws(void)
{
    unsigned char bytes[32];

    NEED(RAND_bytes(bytes, sizeof(bytes)) == 1);
    print_hex("RAND_bytes", bytes, sizeof(bytes));
    print_bn_rand();
}

#endif
