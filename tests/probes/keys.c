/*
 * Keys whose private parts are the drawn bytes themselves, as far as each algorithm leaves them.
 */
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/rsa.h>

#include "probe.h"

static EVP_PKEY *generate(int type, int bits)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_id(type, NULL);
    EVP_PKEY *key = NULL;

    NEED(context && EVP_PKEY_keygen_init(context) == 1);
    if (bits)
        NEED(EVP_PKEY_CTX_set_rsa_keygen_bits(context, bits) == 1);
    NEED(EVP_PKEY_keygen(context, &key) == 1);
    EVP_PKEY_CTX_free(context);
    return key;
}

/* On the curve P-256, in two steps, for 1.0.1 makes no key without parameters. */
static EVP_PKEY *generate_ec(void)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_id(EVP_PKEY_EC, NULL);
    EVP_PKEY *parameters = NULL, *key = NULL;

    NEED(context && EVP_PKEY_paramgen_init(context) == 1 &&
         EVP_PKEY_CTX_set_ec_paramgen_curve_nid(context, NID_X9_62_prime256v1) == 1 &&
         EVP_PKEY_paramgen(context, &parameters) == 1);
    EVP_PKEY_CTX_free(context);
    context = EVP_PKEY_CTX_new(parameters, NULL);
    NEED(context && EVP_PKEY_keygen_init(context) == 1 && EVP_PKEY_keygen(context, &key) == 1);
    EVP_PKEY_CTX_free(context);
    EVP_PKEY_free(parameters);
    return key;
}

#ifdef HAS_RAW_KEYS
static void print_raw(const char *name, int type, size_t skip, size_t length)
{
    EVP_PKEY *key = generate(type, 0);
    unsigned char bytes[64];
    size_t size = sizeof(bytes);

    NEED(EVP_PKEY_get_raw_private_key(key, bytes, &size) == 1 && skip + length <= size);
    print_hex(name, bytes + skip, length);
    EVP_PKEY_free(key);
}
#endif

static void print_bignum(const char *name, const BIGNUM *number, int size, int skip, int length)
{
    unsigned char bytes[256];

    NEED(number && BN_bn2binpad(number, bytes, size) == size);
    print_hex(name, bytes + skip, (size_t)length);
}

/* ECDSA's nonce is a digest of drawn bytes: two signatures of one message differ in r. */
static void print_signature(EVP_PKEY *key, const char *name)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    unsigned char signature[256];
    size_t size = sizeof(signature);

    NEED(EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key) == 1);
    NEED(EVP_DigestSignUpdate(context, "message", 7) == 1);
    NEED(EVP_DigestSignFinal(context, signature, &size) == 1);
    print_hex(name, signature, size);
    EVP_MD_CTX_free(context);
}

static void print_ec(void)
{
    EVP_PKEY *key = generate_ec();

#ifdef HAS_LIB_CTX
    BIGNUM *private = NULL;

    NEED(EVP_PKEY_get_bn_param(key, "priv", &private) == 1);
    print_bignum("P-256 key", private, 32, 0, 32);
    BN_free(private);
#else
    print_bignum("P-256 key", EC_KEY_get0_private_key(EVP_PKEY_get0_EC_KEY(key)), 32, 0, 32);
#endif
    print_signature(key, "ECDSA signature");
    print_signature(key, "ECDSA signature again");
    EVP_PKEY_free(key);
}

#ifdef HAS_LIB_CTX
/*
 * A prime of 3.x is searched upwards from base + (draw mod range), where base is 2^1024 / sqrt(2)
 * and range the rest up to 2^1024 (FIPS 186-4, B.3.6); the draw was below 3 * range. The upper
 * bytes of the three draws that it can have been are printed.
 */
static void print_prime(const BIGNUM *prime)
{
    static const char *const names[] = {"RSA prime", "RSA prime, once more", "RSA prime, twice"};
    BIGNUM *base = NULL, *range = BN_new(), *draw = BN_new();

    NEED(BN_hex2bn(&base, "B504F333F9DE6484597D89B3754ABE9F1D6F60BA893BA84CED17AC8583339915") &&
         BN_lshift(base, base, 1024 - 256) && BN_set_bit(range, 1024) &&
         BN_sub(range, range, base) && BN_sub(draw, prime, base));
    for (size_t i = 0; i < 3; i++) {
        NEED(BN_mask_bits(draw, 1024) || BN_num_bits(draw) <= 1024);
        print_bignum(names[i], draw, 128, 1, 24);
        NEED(BN_add(draw, draw, range));
    }
    BN_free(base);
    BN_free(range);
    BN_free(draw);
}
#endif

/* Before 3.0 a prime is searched upwards from the draw itself: its upper bytes stay but for the
 * first. */
static void print_rsa(void)
{
    EVP_PKEY *key = generate(EVP_PKEY_RSA, 2048);

#ifdef HAS_LIB_CTX
    BIGNUM *prime = NULL;

    NEED(EVP_PKEY_get_bn_param(key, "rsa-factor1", &prime) == 1);
    print_prime(prime);
    BN_free(prime);
#else
    const BIGNUM *p = NULL;

    RSA_get0_factors(EVP_PKEY_get0_RSA(key), &p, NULL);
    print_bignum("RSA prime", p, 128, 1, 24);
#endif
    EVP_PKEY_free(key);
}

#if OPENSSL_VERSION_NUMBER >= 0x30500000L
static void print_ml_kem(void)
{
    EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ML-KEM-768");
    unsigned char seed[64];
    size_t size = 0;

    NEED(key && EVP_PKEY_get_octet_string_param(key, "seed", seed, sizeof(seed), &size) == 1);
    print_hex("ML-KEM seed", seed, 32);
    EVP_PKEY_free(key);
}
#endif

int main(void)
{
#ifdef HAS_RAW_KEYS
    print_raw("Ed25519 key", EVP_PKEY_ED25519, 0, 32);
    print_raw("X25519 key", EVP_PKEY_X25519, 1, 30); /* its ends are clamped by RFC 7748 */
#endif
    print_ec();
    print_rsa();
#if OPENSSL_VERSION_NUMBER >= 0x30500000L
    print_ml_kem();
#endif
    return 0;
}
