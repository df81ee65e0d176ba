/*
 * use_other [PLUGIN]: a program of that library's, without an OpenSSL; with PLUGIN, one comes in
 * later.
 */
#include <dlfcn.h>
#include <stdio.h>

#include "other_rand.h"

#define PRINT(call, answer)                                                                        \
    do {                                                                                           \
        int before = other_calls;                                                                  \
        long got = (long)(answer);                                                                 \
        printf("%s%s=%ld, reached %d\n", when, call, got, other_calls - before);                   \
    } while (0)

static void call_all(const char *when)
{
    PRINT("RAND_seed", (RAND_seed("seed", 4), 0));
    PRINT("RAND_add", (RAND_add("seed", 4, 4.0), 0));
    PRINT("RAND_status", RAND_status());
    PRINT("RAND_poll", RAND_poll());
    PRINT("RAND_get_rand_method", RAND_get_rand_method() == &other_calls);
    PRINT("RAND_set_rand_method", RAND_set_rand_method(NULL));
    PRINT("ENGINE_get_first", ENGINE_get_first() == &other_calls);
    PRINT("ENGINE_by_id", ENGINE_by_id("any") == &other_calls);
    PRINT("ENGINE_cleanup", (ENGINE_cleanup(), 0));
    PRINT("CRYPTO_set_mem_functions", CRYPTO_set_mem_functions(NULL, NULL, NULL));
}

int main(int argc, char **argv)
{
    call_all("");
    if (argc > 1) {
        if (!dlopen(argv[1], RTLD_NOW | RTLD_LOCAL)) {
            fprintf(stderr, "%s\n", dlerror());
            return 127;
        }
        call_all("once OpenSSL has come, ");
    }
    return 0;
}
