/*
 * See slow_openssl.c.
 */
#ifndef OSRANDOM_TESTS_SLOW_OPENSSL_H
#define OSRANDOM_TESTS_SLOW_OPENSSL_H

#include "openssl_abi.h"

enum { BAD_BYTE = 0x5a };

/* Of the program: called in the midst, and told how to draw inside. */
void stand_still(void);
extern int (*slow_key)(unsigned char *buffer, int length);
extern const char *slow_cap;

int RAND_set_rand_method(const struct rand_method *method);
const struct rand_method *RAND_get_rand_method(void);
int RAND_bytes(unsigned char *buffer, int length);
unsigned long OpenSSL_version_num(void);
const char *OpenSSL_version(int what);

#endif
