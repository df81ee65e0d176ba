/*
 * The measuring program, linked to a tree's OpenSSL: what its calls reach is what a program's
 * reach.
 */
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "bench_measure.h"
#include "probe.h"

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

static EVP_PKEY *new_key(int type, int bits)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_id(type, NULL);
    EVP_PKEY *key = NULL;

    NEED(context && EVP_PKEY_keygen_init(context) == 1);
    if (type == EVP_PKEY_RSA)
        NEED(EVP_PKEY_CTX_set_rsa_keygen_bits(context, bits) == 1);
    else
        NEED(EVP_PKEY_CTX_set_ec_paramgen_curve_nid(context, NID_X9_62_prime256v1) == 1);
    NEED(EVP_PKEY_keygen(context, &key) == 1);
    EVP_PKEY_CTX_free(context);
    return key;
}

/* size is in bits. */
static bool rsa_loop(const struct bench_place *place, size_t size, unsigned long calls)
{
    (void)place;
    for (unsigned long i = 0; i < calls; i++)
        EVP_PKEY_free(new_key(EVP_PKEY_RSA, (int)size));
    return true;
}

/* On the curve P-256; size does not matter. */
static bool ec_loop(const struct bench_place *place, size_t size, unsigned long calls)
{
    (void)place;
    (void)size;
    for (unsigned long i = 0; i < calls; i++)
        EVP_PKEY_free(new_key(EVP_PKEY_EC, 0));
    return true;
}

static SSL_CTX *new_server(void)
{
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    EVP_PKEY *key = new_key(EVP_PKEY_EC, 0);
    X509 *certificate = X509_new();

    NEED(context && certificate && X509_gmtime_adj(X509_getm_notBefore(certificate), 0) &&
         X509_gmtime_adj(X509_getm_notAfter(certificate), 3600) &&
         X509_set_pubkey(certificate, key) == 1 && X509_sign(certificate, key, EVP_sha256()) > 0);
    NEED(SSL_CTX_use_certificate(context, certificate) == 1 &&
         SSL_CTX_use_PrivateKey(context, key) == 1);
    X509_free(certificate);
    EVP_PKEY_free(key);
    return context;
}

static SSL_CTX *new_client(void)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());

    NEED(context && SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) == 1);
    return context;
}

static void shake_hands(SSL_CTX *server_context, SSL_CTX *client_context)
{
    SSL *server = SSL_new(server_context), *client = SSL_new(client_context);
    BIO *one, *other;
    int done = 0;

    NEED(server && client && BIO_new_bio_pair(&one, 0, &other, 0) == 1);
    SSL_set_bio(server, one, one);
    SSL_set_bio(client, other, other);
    SSL_set_accept_state(server);
    SSL_set_connect_state(client);
    for (int rounds = 0; rounds < 20 && done != 3; rounds++) {
        if (SSL_do_handshake(client) == 1)
            done |= 1;
        if (SSL_do_handshake(server) == 1)
            done |= 2;
    }
    NEED(done == 3);
    SSL_free(server);
    SSL_free(client);
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
    for (unsigned long i = 0; i < calls; i++)
        shake_hands(server, client);
    return true;
}

int main(void)
{
    static const struct bench_task tasks[] = {
        {"draw", draw_loop}, {"bignum", bignum_loop},       {"rsa", rsa_loop},
        {"ec", ec_loop},     {"handshake", handshake_loop}, {NULL, NULL},
    };

    return bench_serve(tasks);
}
