/*
 * way_out WAY TIMES: ways past a method by which test suites put a deterministic generator in: a
 * default engine, a kind of DRBG, a provider for random numbers. Then draws, directly and inside
 * OpenSSL; the generators answer 0x42 bytes only, or bytes that count up.
 */
#include "probe.h"
#include "served.h"

#ifdef HAS_ENGINE
static int others_bytes(unsigned char *buffer, int length)
{
    memset(buffer, 0x42, (size_t)length);
    return 1;
}

static int others_status(void)
{
    return 1;
}

static ENGINE *own_engine(void)
{
    static const RAND_METHOD method = {
        .bytes = others_bytes, .pseudorand = others_bytes, .status = others_status};
    static ENGINE *engine;

    if (engine)
        return engine;
    engine = ENGINE_new();
    NEED(engine && ENGINE_set_id(engine, "own") && ENGINE_set_name(engine, "the program's own") &&
         ENGINE_set_RAND(engine, &method) && ENGINE_add(engine));
    return engine;
}
#endif

#ifdef HAS_LIB_CTX
#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/provider.h>

static void give_entropy(EVP_RAND_CTX *generator)
{
    static unsigned char answer[256];
    unsigned int strength = 256;
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_octet_string(OSSL_RAND_PARAM_TEST_ENTROPY, answer, sizeof(answer)),
        OSSL_PARAM_construct_uint(OSSL_RAND_PARAM_STRENGTH, &strength), OSSL_PARAM_construct_end()};

    for (size_t i = 0; i < sizeof(answer); i++)
        answer[i] = (unsigned char)i;
    NEED(generator && EVP_RAND_CTX_set_params(generator, params));
}

/* As OpenSSL's own test_rand does. A generator that is there is past changing its kind. */
static void prepare_test_rand(void)
{
    const EVP_RAND *kind = EVP_RAND_CTX_get0_rand(RAND_get0_public(NULL));

    if (strcmp(EVP_RAND_get0_name(kind), "TEST-RAND") != 0)
        return;
    give_entropy(RAND_get0_public(NULL));
    give_entropy(RAND_get0_private(NULL));
}
#endif

#ifdef OSSL_FUNC_PROVIDER_RANDOM_BYTES
static int provider_bytes(void *provider, int which, void *buffer, size_t length,
                          unsigned int strength)
{
    (void)provider;
    (void)which;
    (void)strength;
    memset(buffer, 0x42, length);
    return 1;
}

static int provider_init(const OSSL_CORE_HANDLE *handle, const OSSL_DISPATCH *in,
                         const OSSL_DISPATCH **out, void **context)
{
    static const OSSL_DISPATCH functions[] = {
        {OSSL_FUNC_PROVIDER_RANDOM_BYTES, (void (*)(void))provider_bytes}, OSSL_DISPATCH_END};

    (void)in;
    *context = (void *)handle;
    *out = functions;
    return 1;
}

static int choose_provider(void)
{
    static OSSL_PROVIDER *provider;

    if (!provider) {
        NEED(OSSL_PROVIDER_load(NULL, "default"));
        NEED(OSSL_PROVIDER_add_builtin(NULL, "own", provider_init));
        provider = OSSL_PROVIDER_load(NULL, "own");
        NEED(provider);
    }
    return RAND_set1_random_provider(NULL, provider);
}
#endif

static int take(const char *way)
{
#ifdef HAS_ENGINE
    if (strcmp(way, "default-engine") == 0)
        return ENGINE_set_default_RAND(own_engine());
    if (strcmp(way, "default-all") == 0)
        return ENGINE_set_default(own_engine(), ENGINE_METHOD_ALL);
    if (strcmp(way, "default-string") == 0)
        return ENGINE_set_default_string(own_engine(), "RAND");
    if (strcmp(way, "default-ciphers") == 0)
        return ENGINE_set_default(own_engine(), ENGINE_METHOD_CIPHERS);
#endif
#ifdef HAS_LIB_CTX
    if (strcmp(way, "test-rand") == 0)
        return RAND_set_DRBG_type(NULL, "TEST-RAND", NULL, NULL, NULL);
#endif
#ifdef OSSL_FUNC_PROVIDER_RANDOM_BYTES
    if (strcmp(way, "provider") == 0)
        return choose_provider();
#endif
    printf("%s is not there\n", way);
    exit(0);
}

int main(int argc, char **argv)
{
    unsigned char bytes[32];

    for (int i = 0; argc > 2 && i < atoi(argv[2]); i++)
        print_number("told", take(argv[1]));
#ifdef HAS_LIB_CTX
    if (strcmp(argv[1], "test-rand") == 0)
        prepare_test_rand();
#endif
    print_draws();
    NEED(RAND_priv_bytes(bytes, sizeof(bytes)) == 1);
    print_hex("RAND_priv_bytes", bytes, sizeof(bytes));
    print_number("swaps", swaps_counted());
    print_number("errors", (long)ERR_peek_error());
    return 0;
}
