/*
 * Both ends of a TLS 1.3 handshake in one process, over memory, with a P-256 certificate.
 */
#ifndef OSRANDOM_TESTS_TLS_H
#define OSRANDOM_TESTS_TLS_H

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "probe.h"

struct ends {
    SSL *server, *client;
};

static EVP_PKEY *new_p256_key(void)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_id(EVP_PKEY_EC, NULL);
    EVP_PKEY *key = NULL;

    NEED(EVP_PKEY_keygen_init(context) == 1 &&
         EVP_PKEY_CTX_set_ec_paramgen_curve_nid(context, NID_X9_62_prime256v1) == 1 &&
         EVP_PKEY_keygen(context, &key) == 1);
    EVP_PKEY_CTX_free(context);
    return key;
}

static SSL_CTX *new_server(void)
{
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    EVP_PKEY *key = new_p256_key();
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

static struct ends shake_hands(SSL_CTX *server, SSL_CTX *client)
{
    struct ends ends = {SSL_new(server), SSL_new(client)};
    BIO *one, *other;
    int done = 0;

    NEED(ends.server && ends.client && BIO_new_bio_pair(&one, 0, &other, 0) == 1);
    SSL_set_bio(ends.server, one, one);
    SSL_set_bio(ends.client, other, other);
    SSL_set_accept_state(ends.server);
    SSL_set_connect_state(ends.client);
    for (int rounds = 0; rounds < 20 && done != 3; rounds++) {
        if (SSL_do_handshake(ends.client) == 1)
            done |= 1;
        if (SSL_do_handshake(ends.server) == 1)
            done |= 2;
    }
    NEED(done == 3);
    return ends;
}

static void part(const struct ends *ends)
{
    SSL_free(ends->server);
    SSL_free(ends->client);
}

#endif
