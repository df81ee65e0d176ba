/*
 * The measuring program, linked to a tree's OpenSSL: what its calls reach is what a program's
 * reach.
 */
#include <openssl/bn.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

#include "base/bare_vdso.h"
#include "bench/measure.h"
#include "tls.h"

static bool draw_loop(const struct bench_place *place, size_t size, unsigned long calls)
{
    for (unsigned long i = 0; i < calls; i++)
        if (RAND_bytes(place->buffer, (int)size) != 1)
            return false;
    return true;
}

/* A draw that is made inside libcrypto; size is in bits. */
static bool bignum_loop(const struct bench_place *place, size_t size, unsigned long calls)
{
    BIGNUM *number = BN_new();

    (void)place;
    NEED(number);
    for (unsigned long i = 0; i < calls; i++)
        NEED(BN_rand(number, (int)size, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) == 1);
    BN_free(number);
    return true;
}

/* ---- The same with the bare vDSO call as OpenSSL's method, than which no method is faster. In a
 *      process of its own, for the method stays. ---- */

static const struct bench_place *place_of_method;

static int bare_bytes(unsigned char *buffer, int length)
{
    return bare_vdso_draw(place_of_method->state, buffer, (size_t)length);
}

static bool bare_bignum_loop(const struct bench_place *place, size_t size, unsigned long calls)
{
    static const RAND_METHOD bare = {.bytes = bare_bytes};

    place_of_method = place;
    return RAND_set_rand_method(&bare) == 1 && bignum_loop(place, size, calls);
}

/* ---- Keys and handshakes ---- */

static EVP_PKEY *new_rsa_key(int bits)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_id(EVP_PKEY_RSA, NULL);
    EVP_PKEY *key = NULL;

    NEED(context && EVP_PKEY_keygen_init(context) == 1 &&
         EVP_PKEY_CTX_set_rsa_keygen_bits(context, bits) == 1 &&
         EVP_PKEY_keygen(context, &key) == 1);
    EVP_PKEY_CTX_free(context);
    return key;
}

/* size is in bits. */
static bool rsa_loop(const struct bench_place *place, size_t size, unsigned long calls)
{
    (void)place;
    for (unsigned long i = 0; i < calls; i++)
        EVP_PKEY_free(new_rsa_key((int)size));
    return true;
}

/* On the curve P-256; size does not matter. */
static bool ec_loop(const struct bench_place *place, size_t size, unsigned long calls)
{
    (void)place;
    (void)size;
    for (unsigned long i = 0; i < calls; i++)
        EVP_PKEY_free(new_p256_key());
    return true;
}

/* Both ends of a TLS 1.3 handshake with a P-256 certificate, in memory. */
static bool handshake_loop(const struct bench_place *place, size_t size, unsigned long calls)
{
    static SSL_CTX *server, *client;

    (void)place;
    (void)size;
    if (!server)
        server = new_server();
    if (!client)
        client = new_client();
    for (unsigned long i = 0; i < calls; i++) {
        struct ends ends = shake_hands(server, client);

        part(&ends);
    }
    return true;
}

int main(void)
{
    static const struct bench_task tasks[] = {
        {"draw", draw_loop}, {"bignum", bignum_loop}, {"bare-bignum", bare_bignum_loop},
        {"rsa", rsa_loop},   {"ec", ec_loop},         {"handshake", handshake_loop},
        {NULL, NULL},
    };

    return bench_serve(tasks);
}
