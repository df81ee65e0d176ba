/*
 * provider names|refusals|threads|contexts|nested: generators of the provider "osrandom" that the
 * program asks for itself, and children of them, where openssl.cnf loads it.
 */
#include "probe.h"

#ifdef HAS_LIB_CTX

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LENGTH = 32, THREADS = 8, DRAWS = 500 };

static EVP_RAND_CTX *generator_of(OSSL_LIB_CTX *context, const char *name, const char *properties,
                                  EVP_RAND_CTX *parent)
{
    EVP_RAND *method = EVP_RAND_fetch(context, name, properties);
    EVP_RAND_CTX *generator = method ? EVP_RAND_CTX_new(method, parent) : NULL;

    NEED(generator);
    EVP_RAND_free(method);
    return generator;
}

static EVP_RAND_CTX *instantiated(EVP_RAND_CTX *generator)
{
    NEED(EVP_RAND_instantiate(generator, 256, 0, NULL, 0, NULL));
    return generator;
}

static void print_draw(const char *name, EVP_RAND_CTX *generator)
{
    unsigned char bytes[LENGTH] = {0};

    NEED(generator && EVP_RAND_generate(generator, bytes, sizeof(bytes), 256, 0, NULL, 0));
    print_hex(name, bytes, sizeof(bytes));
    fflush(stdout);
}

/* A CTR-DRBG of the provider "default" that takes its seeds from one of ours. */
static EVP_RAND_CTX *child_of(EVP_RAND_CTX *parent)
{
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_DRBG_PARAM_CIPHER, (char *)"AES-256-CTR", 0),
        OSSL_PARAM_construct_end()};
    EVP_RAND_CTX *child = generator_of(NULL, "CTR-DRBG", "provider=default", parent);

    NEED(EVP_RAND_instantiate(child, 256, 0, NULL, 0, params));
    return child;
}

static void print_names(void)
{
    static const char *const names[] = {"OSRANDOM", "CTR-DRBG", "HASH-DRBG", "HMAC-DRBG",
                                        "SEED-SRC"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        EVP_RAND_CTX *generator =
            instantiated(generator_of(NULL, names[i], "provider=osrandom", NULL));

        print_draw(names[i], generator);
        EVP_RAND_CTX_free(generator);
    }
    NEED(!EVP_RAND_fetch(NULL, "TEST-RAND", "provider=osrandom"));
    ERR_clear_error();
}

static void print_refusals(void)
{
    unsigned char byte;
    EVP_RAND_CTX *generator = generator_of(NULL, "OSRANDOM", NULL, NULL);

    print_number("strength", (long)EVP_RAND_get_strength(generator));
    print_number("state before", EVP_RAND_get_state(generator));
    print_number("a draw before", EVP_RAND_generate(generator, &byte, 1, 0, 0, NULL, 0));
    print_number("too strong", EVP_RAND_instantiate(generator, 257, 0, NULL, 0, NULL));
    print_number("instantiated", EVP_RAND_instantiate(generator, 256, 1, NULL, 0, NULL));
    print_number("twice", EVP_RAND_instantiate(generator, 256, 0, NULL, 0, NULL));
    print_number("state", EVP_RAND_get_state(generator));
    print_number("locking", EVP_RAND_enable_locking(generator));
    print_number("a draw", EVP_RAND_generate(generator, &byte, 1, 256, 1, &byte, 1));
    print_number("a draw too strong", EVP_RAND_generate(generator, &byte, 1, 257, 0, NULL, 0));
    print_number("a nonce", EVP_RAND_nonce(generator, &byte, 1));
    print_number("a reseed", EVP_RAND_reseed(generator, 1, &byte, 1, &byte, 1));
    print_number("zeroized", EVP_RAND_verify_zeroization(generator));
    print_number("uninstantiated", EVP_RAND_uninstantiate(generator));
    print_number("a draw after", EVP_RAND_generate(generator, &byte, 1, 0, 0, NULL, 0));
    print_number("status", RAND_status());
    RAND_add("more", 4, 4);
    print_number("RAND_bytes too strong", RAND_bytes_ex(NULL, &byte, 1, 257));
    ERR_print_errors_fp(stdout);
    EVP_RAND_CTX_free(generator);
}

static unsigned char drawn[2 * THREADS * DRAWS][LENGTH];
static EVP_RAND_CTX *shared;

static void *draw_in_thread(void *first)
{
    unsigned char(*place)[LENGTH] = first;

    for (int i = 0; i < DRAWS; i++) {
        NEED(RAND_bytes(*place++, LENGTH) == 1);
        NEED(EVP_RAND_generate(shared, *place++, LENGTH, 0, 0, NULL, 0));
    }
    OPENSSL_thread_stop();
    return NULL;
}

static int order(const void *one, const void *other)
{
    return memcmp(one, other, LENGTH);
}

static void print_threads(void)
{
    pthread_t threads[THREADS];
    long repeats = 0;

    shared = instantiated(generator_of(NULL, "OSRANDOM", NULL, NULL));
    NEED(EVP_RAND_enable_locking(shared));
    for (int i = 0; i < THREADS; i++)
        NEED(!pthread_create(&threads[i], NULL, draw_in_thread, &drawn[(size_t)i * 2 * DRAWS]));
    for (int i = 0; i < THREADS; i++)
        NEED(!pthread_join(threads[i], NULL));
    print_hex("first", drawn[0], LENGTH);
    print_hex("last", drawn[2 * THREADS * DRAWS - 1], LENGTH);
    qsort(drawn, 2 * THREADS * DRAWS, LENGTH, order);
    for (size_t i = 1; i < 2 * THREADS * DRAWS; i++)
        repeats += memcmp(drawn[i - 1], drawn[i], LENGTH) == 0;
    print_number("repeats", repeats);
    EVP_RAND_CTX_free(shared);
}

static void print_in_context(const char *name, OSSL_LIB_CTX *context)
{
    unsigned char bytes[LENGTH];

    NEED(RAND_bytes_ex(context, bytes, sizeof(bytes), 256) == 1);
    print_hex(name, bytes, sizeof(bytes));
}

/* A library context of the program's own reads no configuration unless it is told to. */
static void print_contexts(void)
{
    OSSL_LIB_CTX *plain = OSSL_LIB_CTX_new(), *configured = OSSL_LIB_CTX_new();

    NEED(plain && configured && OSSL_LIB_CTX_load_config(configured, getenv("OPENSSL_CONF")));
    print_in_context("default", NULL);
    print_in_context("configured", configured);
    print_in_context("plain", plain);
    OSSL_LIB_CTX_free(plain);
    OSSL_LIB_CTX_free(configured);
    print_in_context("at last", NULL);
}

/* The process becomes two: true in the child, process 1 of a PID namespace; false in the parent,
 * once the child has ended. */
static bool enter_namespace(void)
{
    pid_t child;
    int status;

    if (unshare(CLONE_NEWPID) != 0) {
        printf("cannot_run=only root may make PID namespaces\n");
        exit(77);
    }
    fflush(stdout);
    child = fork();
    NEED(child >= 0);
    if (child == 0)
        return true;
    NEED(waitpid(child, &status, 0) == child);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
    return false;
}

static void print_nested(void)
{
    EVP_RAND_CTX *child;

    if (!enter_namespace())
        return;
    child = child_of(RAND_get0_public(NULL));
    print_draw("before", child);
    print_draw(enter_namespace() ? "inner" : "outer", child);
}

int main(int argc, char **argv)
{
    const char *how = argc > 1 ? argv[1] : "names";

    if (strcmp(how, "names") == 0)
        print_names();
    else if (strcmp(how, "refusals") == 0)
        print_refusals();
    else if (strcmp(how, "threads") == 0)
        print_threads();
    else if (strcmp(how, "contexts") == 0)
        print_contexts();
    else if (strcmp(how, "nested") == 0)
        print_nested();
    return 0;
}

#else

int main(void)
{
    printf("no providers\n");
    return 0;
}

#endif
