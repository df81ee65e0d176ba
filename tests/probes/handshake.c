/*
 * A TLS 1.3 handshake between two ends in one process, and the randoms that went over the wire.
 */
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "probe.h"

static EVP_PKEY *new_key(void)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_id(EVP_PKEY_EC, NULL);
    EVP_PKEY *key = NULL;

    NEED(EVP_PKEY_keygen_init(context) == 1 &&
         EVP_PKEY_CTX_set_ec_paramgen_curve_nid(context, NID_X9_62_prime256v1) == 1 &&
         EVP_PKEY_keygen(context, &key) == 1);
    EVP_PKEY_CTX_free(context);
    return key;
}

static void give_certificate(SSL_CTX *context)
{
    EVP_PKEY *key = new_key();
    X509 *certificate = X509_new();
    X509_NAME *name = X509_NAME_new();

    NEED(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"probe", -1,
                                    -1, 0) == 1);
    NEED(X509_set_subject_name(certificate, name) == 1 &&
         X509_set_issuer_name(certificate, name) == 1 &&
         X509_gmtime_adj(X509_getm_notBefore(certificate), 0) &&
         X509_gmtime_adj(X509_getm_notAfter(certificate), 3600) &&
         X509_set_pubkey(certificate, key) == 1 && X509_sign(certificate, key, EVP_sha256()) > 0);
    NEED(SSL_CTX_use_certificate(context, certificate) == 1 &&
         SSL_CTX_use_PrivateKey(context, key) == 1);
    X509_NAME_free(name);
    X509_free(certificate);
    EVP_PKEY_free(key);
}

int main(void)
{
    SSL_CTX *server_context = SSL_CTX_new(TLS_server_method());
    SSL_CTX *client_context = SSL_CTX_new(TLS_client_method());
    SSL *server, *client;
    BIO *one, *other;
    unsigned char random[32];
    int done = 0;

    NEED(server_context && client_context);
    give_certificate(server_context);
    SSL_CTX_set_min_proto_version(client_context, TLS1_3_VERSION);
    server = SSL_new(server_context);
    client = SSL_new(client_context);
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
    printf("protocol=%s\n", SSL_get_version(client));
    NEED(SSL_get_client_random(client, random, sizeof(random)) == sizeof(random));
    print_hex("ClientHello random", random, sizeof(random));
    NEED(SSL_get_server_random(client, random, sizeof(random)) == sizeof(random));
    print_hex("ServerHello random", random, sizeof(random));
    SSL_free(server);
    SSL_free(client);
    SSL_CTX_free(server_context);
    SSL_CTX_free(client_context);
    print_number("errors", (long)ERR_peek_error());
    return 0;
}
