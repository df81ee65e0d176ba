/*
 * What OpenSSL 1.1.0 brought and the probes use, for 1.0.x.
 */
#ifndef OSRANDOM_BEFORE_1_1_H
#define OSRANDOM_BEFORE_1_1_H

#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <string.h>

#define BN_RAND_TOP_ANY (-1)
#define BN_RAND_BOTTOM_ANY 0
#define RAND_OpenSSL RAND_SSLeay
#define EVP_MD_CTX_new EVP_MD_CTX_create
#define EVP_MD_CTX_free EVP_MD_CTX_destroy
#define EVP_PKEY_get0_RSA EVP_PKEY_get1_RSA
#define EVP_PKEY_get0_EC_KEY EVP_PKEY_get1_EC_KEY

static inline int BN_bn2binpad(const BIGNUM *number, unsigned char *bytes, int length)
{
    int left = length - BN_num_bytes(number);

    if (left < 0)
        return -1;
    memset(bytes, 0, (size_t)left);
    return left + BN_bn2bin(number, bytes + left);
}

static inline void RSA_get0_factors(const RSA *key, const BIGNUM **p, const BIGNUM **q)
{
    *p = key->p;
    if (q)
        *q = key->q;
}

#endif
