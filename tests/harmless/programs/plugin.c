/*
 * A plugin that is linked to one OpenSSL, in a program with another: run() says which of them
 * answers its calls. The functions in tails end with a call, which then returns to the plugin's
 * caller and not to the plugin.
 */
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>

#include "plugin.h"
#include "same_openssl.h"
#if OPENSSL_VERSION_NUMBER < 0x40000000L && !defined(NO_ENGINES)
#include <openssl/engine.h>
#endif

/* Random ones, that no comparison may see, only where they are asked for. */
static void print_draws(void)
{
    unsigned char bytes[32];
    BIGNUM *number = BN_new();

    printf("RAND_bytes=%d\n", RAND_bytes(bytes, sizeof(bytes)));
    if (getenv("PLUGIN_DRAWS") && BN_rand(number, 256, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) == 1 &&
        BN_bn2binpad(number, bytes, sizeof(bytes)) == sizeof(bytes)) {
        printf("plugin's BN_rand=");
        for (size_t i = 0; i < sizeof(bytes); i++)
            printf("%02x", bytes[i]);
        printf("\n");
    }
    BN_free(number);
}

static void print_method(void)
{
    const RAND_METHOD *(*own)(void);

    *(void **)&own = in_own_openssl("RAND_get_rand_method");
    printf("RAND_get_rand_method=%s\n", compared(RAND_get_rand_method(), own ? own() : NULL));
}

#if OPENSSL_VERSION_NUMBER >= 0x30000000L
static EVP_RAND_CTX *own_public(void)
{
    EVP_RAND_CTX *(*own)(OSSL_LIB_CTX *);

    *(void **)&own = in_own_openssl("RAND_get0_public");
    return own ? own(NULL) : NULL;
}

static void print_generators(void)
{
    unsigned char bytes[4] = {0}, answer[64] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    unsigned int strength = 256;
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_octet_string("test_entropy", answer, sizeof(answer)),
        OSSL_PARAM_construct_uint("strength", &strength), OSSL_PARAM_construct_end()};
    EVP_RAND *algorithm = EVP_RAND_fetch(NULL, "TEST-RAND", NULL);
    EVP_RAND_CTX *made = EVP_RAND_CTX_new(algorithm, NULL);
    int works = made && EVP_RAND_instantiate(made, 256, 0, NULL, 0, params) == 1 &&
                EVP_RAND_generate(made, bytes, sizeof(bytes), 0, 0, NULL, 0) == 1;

    printf("generator made=%s, %02x%02x%02x%02x\n", works ? "it works" : "it does not", bytes[0],
           bytes[1], bytes[2], bytes[3]);
    printf("RAND_get0_public=%s\n", compared(RAND_get0_public(NULL), own_public()));
    EVP_RAND_CTX_free(made);
    EVP_RAND_free(algorithm);
}

static void *public_by_tail(void)
{
    return RAND_get0_public(NULL);
}

static void *new_by_tail(void)
{
    static EVP_RAND *algorithm;

    if (!algorithm)
        algorithm = EVP_RAND_fetch(NULL, "CTR-DRBG", NULL);
    return EVP_RAND_CTX_new(algorithm, NULL);
}

static const char *public_is(void *got)
{
    return compared(got, own_public());
}

static const char *new_is(void *got)
{
    int is_there = got != NULL;

    EVP_RAND_CTX_free(got);
    return is_there ? "made" : "NULL";
}
#else
static void print_generators(void)
{
}
#endif

#if OPENSSL_VERSION_NUMBER < 0x40000000L && !defined(NO_ENGINES)
/* It has left the list before the plugin may go. */
static ENGINE *added;

static const char *first_is(ENGINE *got)
{
    ENGINE *(*own)(void);
    const char *answer;
    ENGINE *first;

    *(void **)&own = in_own_openssl("ENGINE_get_first");
    first = own ? own() : NULL;
    answer = compared(got, first);
    ENGINE_free(first);
    return answer;
}

static void print_engines(void)
{
    ENGINE *found;

    added = ENGINE_new();
    printf("engine added=%d\n", added && ENGINE_set_id(added, "plugin") &&
                                    ENGINE_set_name(added, "of the plugin") && ENGINE_add(added));
    found = ENGINE_by_id("plugin");
    printf("engine found=%d, %s\n", found == added, found ? ENGINE_get_name(found) : "none");
    ENGINE_free(found);
    found = ENGINE_get_first();
    printf("ENGINE_get_first=%s\n", first_is(found));
    ENGINE_free(found);
}

static void *engine_by_tail(void)
{
    return ENGINE_get_first();
}

static const char *engine_is(void *got)
{
    const char *answer = first_is(got);

    if (added)
        ENGINE_remove(added);
    ENGINE_free(added);
    return answer;
}
#else
static void print_engines(void)
{
}
#endif

static void *method_by_tail(void)
{
    return (void *)RAND_get_rand_method();
}

static const char *method_is(void *got)
{
    const RAND_METHOD *(*own)(void);

    *(void **)&own = in_own_openssl("RAND_get_rand_method");
    return compared(got, own ? own() : NULL);
}

const struct tail tails[] = {
    {"RAND_get_rand_method by a tail call", method_by_tail, method_is},
#if OPENSSL_VERSION_NUMBER >= 0x30000000L
    {"RAND_get0_public by a tail call", public_by_tail, public_is},
    {"EVP_RAND_CTX_new by a tail call", new_by_tail, new_is},
#endif
#if OPENSSL_VERSION_NUMBER < 0x40000000L && !defined(NO_ENGINES)
    {"ENGINE_get_first by a tail call", engine_by_tail, engine_is},
#endif
    {NULL, NULL, NULL},
};

static const int own;
static const void *volatile kept = &own;

void keep(const void *address)
{
    kept = address;
}

void run(void)
{
    printf("plugin of=%s\n", OpenSSL_version(OPENSSL_VERSION));
    print_draws();
    print_method();
    print_generators();
    print_engines();
}
