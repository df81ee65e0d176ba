/*
 * swap WAY...: each way by which a program replaces the generator, then draws, directly and inside
 * OpenSSL, and says whose bytes it got. The program's own method answers 0x42 bytes only.
 */
#include <openssl/conf.h>

#include "probe.h"

static long own_draws;

static int own_bytes(unsigned char *buffer, int length)
{
    own_draws++;
    memset(buffer, 0x42, (size_t)length);
    return 1;
}

static int own_status(void)
{
    return 1;
}

static RAND_METHOD own_method = {.bytes = own_bytes, .pseudorand = own_bytes, .status = own_status};

#ifdef HAS_ENGINE
static ENGINE *own_engine(void)
{
    static ENGINE *engine;

    if (engine)
        return engine;
    engine = ENGINE_new();
    NEED(engine && ENGINE_set_id(engine, "own") && ENGINE_set_name(engine, "the program's own") &&
         ENGINE_set_RAND(engine, &own_method) && ENGINE_add(engine));
    return engine;
}
#endif

/* On stock, whoever asks for the method settles that a default engine has come too late. */
static void swap(const char *way)
{
    if (strcmp(way, "method") == 0)
        print_number("method", RAND_set_rand_method(&own_method));
    else if (strcmp(way, "null") == 0)
        print_number("null", RAND_set_rand_method(NULL));
    else if (strcmp(way, "openssl") == 0)
        print_number("openssl", RAND_set_rand_method(RAND_OpenSSL()));
    else if (strcmp(way, "back") == 0)
        print_number("back", RAND_set_rand_method(RAND_get_rand_method()));
#ifdef HAS_ENGINE
    else if (strcmp(way, "engine") == 0)
        print_number("engine", RAND_set_rand_engine(own_engine()));
    else if (strcmp(way, "null-engine") == 0)
        print_number("null-engine", RAND_set_rand_engine(NULL));
    else if (strcmp(way, "default-engine") == 0)
        print_number("default-engine", ENGINE_set_default_RAND(own_engine()));
    else if (strcmp(way, "default-all") == 0)
        print_number("default-all", ENGINE_set_default(own_engine(), ENGINE_METHOD_ALL));
    else if (strcmp(way, "default-string") == 0)
        print_number("default-string", ENGINE_set_default_string(own_engine(), "RAND"));
#endif
#ifndef HAS_CLEANUP
    else if (strcmp(way, "engine-cleanup") == 0)
        ENGINE_cleanup();
    else if (strcmp(way, "cleanup") == 0)
        RAND_cleanup();
#endif
#ifdef HAS_LIB_CTX
    else if (strcmp(way, "drbg-type") == 0)
        print_number("drbg-type", RAND_set_DRBG_type(NULL, "HASH-DRBG", NULL, NULL, "SHA256"));
#endif
#if OPENSSL_VERSION_NUMBER >= 0x30500000L
    else if (strcmp(way, "provider") == 0)
        print_number("provider", RAND_set1_random_provider(NULL, NULL));
#endif
    else if (strcmp(way, "config") == 0)
        print_number("config", CONF_modules_load_file(getenv("SWAP_CONF"), NULL, 0));
    else
        printf("%s is not there\n", way);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        swap(argv[i]);
        print_draws();
    }
    print_number("status", RAND_status());
    print_number("own draws", own_draws);
    print_number("method is own", RAND_get_rand_method() == &own_method);
    print_number("errors", (long)ERR_peek_error());
    return 0;
}
