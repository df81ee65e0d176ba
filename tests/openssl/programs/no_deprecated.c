/*
 * Draws of a program whose OpenSSL was built with no-deprecated, in the order in which the shim
 * comes to know of them; and what a program may expect besides.
 */
#include <errno.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/provider.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LENGTH = 32, KEPT = 4711 };

static void need(int condition, const char *what)
{
    if (condition)
        return;
    fprintf(stderr, "%s\n", what);
    ERR_print_errors_fp(stderr);
    exit(1);
}

static void print_hex(const char *name, const unsigned char bytes[LENGTH])
{
    printf("%s=", name);
    for (int i = 0; i < LENGTH; i++)
        printf("%02x", bytes[i]);
    printf("\n");
}

/* Ed25519's private key is drawn by code inside libcrypto. */
static void print_key(const char *name, OSSL_LIB_CTX *context)
{
    EVP_PKEY *key = EVP_PKEY_Q_keygen(context, NULL, "ED25519");
    unsigned char bytes[LENGTH];
    size_t length = sizeof(bytes);

    need(key && EVP_PKEY_get_raw_private_key(key, bytes, &length), name);
    print_hex(name, bytes);
    EVP_PKEY_free(key);
}

static int print_provider(OSSL_PROVIDER *provider, void *unused)
{
    (void)unused;
    printf("provider %s\n", OSSL_PROVIDER_get0_name(provider));
    return 1;
}

/* What a draw wakes on stock: the fallback provider stays when another is loaded after it. */
static void print_digest(void)
{
    EVP_MD *digest;

    OSSL_PROVIDER_load(NULL, "base");
    digest = EVP_MD_fetch(NULL, "SHA256", NULL);
    printf("digest=%d\n", digest != NULL);
    EVP_MD_free(digest);
}

/* After OPENSSL_cleanup(): on stock it fails. */
static void draw_at_exit(void)
{
    unsigned char bytes[LENGTH];

    if (RAND_bytes(bytes, LENGTH) == 1)
        print_hex("at exit", bytes);
}

int main(int argc, char **argv)
{
    unsigned char bytes[LENGTH];
    OSSL_LIB_CTX *own;

    atexit(draw_at_exit);
    if (argc > 1 && strcmp(argv[1], "tls") == 0) {
        SSL_CTX_free(SSL_CTX_new(TLS_method()));
        print_key("key after SSL_CTX_new", NULL);
        return 0;
    }
    own = OSSL_LIB_CTX_new();
    print_key("key in an own context", own);
    print_key("key before any draw", NULL);
    ERR_clear_error();
    errno = KEPT;
    need(RAND_bytes(bytes, LENGTH) == 1, "a draw");
    printf("errno=%d\nerrors=%lu\n", errno, ERR_peek_error());
    print_hex("draw", bytes);
    print_key("key after a draw", NULL);
    need(RAND_priv_bytes_ex(own, bytes, LENGTH, 0) == 1, "a draw in an own context");
    print_hex("draw in an own context", bytes);
    printf("too strong=%d\n", RAND_bytes_ex(NULL, bytes, LENGTH, 512) == 1);
    printf("nothing=%d\n", RAND_bytes(NULL, 0));
    OSSL_LIB_CTX_free(own);
    print_key("key at last", NULL);
    print_digest();
    OSSL_PROVIDER_do_all(NULL, print_provider, NULL);
    return 0;
}
