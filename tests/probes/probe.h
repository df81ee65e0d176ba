/*
 * What the probes share: they print lines of name=value, and stop at the first thing that a program
 * has the right to expect and does not get.
 */
#ifndef OSRANDOM_PROBE_H
#define OSRANDOM_PROBE_H

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/opensslv.h>
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

#endif
