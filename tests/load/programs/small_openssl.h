/*
 * As much of OpenSSL as the shim looks for, for C libraries and places where no real one is at
 * hand. Its own generator is plainly bad, so that a byte of it is known when it is seen.
 */
#ifndef OSRANDOM_TESTS_SMALL_OPENSSL_H
#define OSRANDOM_TESTS_SMALL_OPENSSL_H

#include "openssl_abi.h"

enum { SMALL_BAD_BYTE = 0x5a };

typedef struct rand_method RAND_METHOD;

int RAND_set_rand_method(const RAND_METHOD *method);
const RAND_METHOD *RAND_get_rand_method(void);
int RAND_bytes(unsigned char *buffer, int length);
unsigned long OpenSSL_version_num(void);
const char *OpenSSL_version(int what);

/* Draws from the method without passing by the name RAND_bytes, as key generation does inside an
 * OpenSSL that is linked with -Bsymbolic. */
int small_openssl_key(unsigned char *key, int length);

#endif
