/*
 * generators [defaults]: draws from OpenSSL's default generators by EVP_RAND_generate(), and from
 * generators that the program has made itself, which must stay what they are.
 */
#include "probe.h"

#ifdef HAS_LIB_CTX

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <pthread.h>

enum { LENGTH = 32 };

static void print_draw(const char *name, EVP_RAND_CTX *generator)
{
    unsigned char bytes[LENGTH] = {0};

    NEED(generator && EVP_RAND_generate(generator, bytes, sizeof(bytes), 0, 0, NULL, 0));
    print_hex(name, bytes, sizeof(bytes));
}

/* A generator that answers with the bytes that it is given: 00 01 02 ... */
static EVP_RAND_CTX *known_answer(OSSL_LIB_CTX *context)
{
    unsigned char answer[4 * LENGTH];
    unsigned int strength = 256;
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_octet_string(OSSL_RAND_PARAM_TEST_ENTROPY, answer, sizeof(answer)),
        OSSL_PARAM_construct_octet_string(OSSL_RAND_PARAM_TEST_NONCE, answer, LENGTH),
        OSSL_PARAM_construct_uint(OSSL_RAND_PARAM_STRENGTH, &strength), OSSL_PARAM_construct_end()};
    EVP_RAND *method = EVP_RAND_fetch(context, "TEST-RAND", NULL);
    EVP_RAND_CTX *generator = EVP_RAND_CTX_new(method, NULL);

    for (size_t i = 0; i < sizeof(answer); i++)
        answer[i] = (unsigned char)i;
    NEED(generator && EVP_RAND_instantiate(generator, strength, 0, NULL, 0, params));
    EVP_RAND_free(method);
    return generator;
}

/* A CTR-DRBG on top of it gives the same bytes each time. */
static EVP_RAND_CTX *own_drbg(OSSL_LIB_CTX *context, EVP_RAND_CTX *parent)
{
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_DRBG_PARAM_CIPHER, (char *)"AES-256-CTR", 0),
        OSSL_PARAM_construct_end()};
    EVP_RAND *method = EVP_RAND_fetch(context, "CTR-DRBG", NULL);
    EVP_RAND_CTX *generator = EVP_RAND_CTX_new(method, parent);

    NEED(generator && EVP_RAND_instantiate(generator, 256, 0, NULL, 0, params));
    EVP_RAND_free(method);
    return generator;
}

static void print_own(const char *suffix)
{
    EVP_RAND_CTX *answer = known_answer(NULL);
    EVP_RAND_CTX *drbg = own_drbg(NULL, answer);
    char name[64];

    snprintf(name, sizeof(name), "own CTR-DRBG%s", suffix);
    print_draw(name, drbg);
    EVP_RAND_CTX_free(drbg);
    EVP_RAND_CTX_free(answer);
    answer = known_answer(NULL);
    snprintf(name, sizeof(name), "TEST-RAND%s", suffix);
    print_draw(name, answer);
    EVP_RAND_CTX_free(answer);
}

static void *draw_in_thread(void *unused)
{
    print_draw("public of another thread", RAND_get0_public(NULL));
    return unused;
}

/* A thread's generators are freed with it: what comes to lie there is no default. */
static void print_after_thread(void)
{
    pthread_t thread;

    NEED(pthread_create(&thread, NULL, draw_in_thread, NULL) == 0);
    NEED(pthread_join(thread, NULL) == 0);
    print_own(" after a thread");
}

static void print_defaults(void)
{
    unsigned char bytes[LENGTH] = {0}, more[] = "additional input";

    print_draw("primary", RAND_get0_primary(NULL));
    print_draw("public", RAND_get0_public(NULL));
    print_draw("private", RAND_get0_private(NULL));
    NEED(EVP_RAND_generate(RAND_get0_public(NULL), bytes, sizeof(bytes), 256, 1, more,
                           sizeof(more)));
    print_hex("with prediction resistance", bytes, sizeof(bytes));
    NEED(EVP_RAND_nonce(RAND_get0_public(NULL), bytes, sizeof(bytes)));
    print_hex("nonce", bytes, sizeof(bytes));
    print_number("too strong",
                 EVP_RAND_generate(RAND_get0_public(NULL), bytes, sizeof(bytes), 512, 0, NULL, 0));
    print_number("no bytes", EVP_RAND_generate(RAND_get0_public(NULL), bytes, 0, 0, 0, NULL, 0));
    ERR_clear_error();
}

static void print_other_contexts(void)
{
    for (int round = 0; round < 40; round++) {
        OSSL_LIB_CTX *context = OSSL_LIB_CTX_new();
        EVP_RAND_CTX *answer;

        NEED(context);
        print_draw(round ? "again" : "public of another library context",
                   RAND_get0_public(context));
        answer = known_answer(context);
        print_draw(round ? "again" : "TEST-RAND of another library context", answer);
        EVP_RAND_CTX_free(answer);
        OSSL_LIB_CTX_free(context);
    }
    print_draw("public at last", RAND_get0_public(NULL));
}

static void print_put_in_place(void)
{
#if OPENSSL_VERSION_NUMBER >= 0x30100000L
    NEED(RAND_set0_public(NULL, known_answer(NULL)));
    NEED(RAND_set0_private(NULL, known_answer(NULL)));
    print_draw("put in place of public", RAND_get0_public(NULL));
    print_draw("put in place of private", RAND_get0_private(NULL));
    NEED(RAND_set0_public(NULL, NULL));
    print_draw("public once it is back", RAND_get0_public(NULL));
#endif
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "defaults") == 0) {
        print_defaults();
        return 0;
    }
    print_own(" at first");
    print_defaults();
    print_own("");
    print_after_thread();
    print_other_contexts();
    print_put_in_place();
    print_number("errors", (long)ERR_peek_error());
    return 0;
}

#else

int main(void)
{
    printf("no EVP_RAND\n");
    return 0;
}

#endif
