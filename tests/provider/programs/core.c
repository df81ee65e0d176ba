/*
 * core MODULE: as small an OpenSSL as a provider can have, for C libraries that no OpenSSL of the
 * trees is for: loads the module, draws, and prints what it got.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

#include "provider_abi.h"

static void *core_malloc(size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return calloc(1, size);
}

static void core_free(void *block, const char *file, int line)
{
    (void)file;
    (void)line;
    free(block);
}

static void core_clear_free(void *block, size_t size, const char *file, int line)
{
    (void)size;
    core_free(block, file, line);
}

static const struct dispatch core_functions[] = {
    {CORE_ZALLOC, (void (*)(void))core_malloc},
    {CORE_FREE, (void (*)(void))core_free},
    {CORE_SECURE_MALLOC, (void (*)(void))core_malloc},
    {CORE_SECURE_CLEAR_FREE, (void (*)(void))core_clear_free},
    {0},
};

int main(int argc, char **argv)
{
    void *module = argc > 1 ? dlopen(argv[1], RTLD_NOW) : NULL;
    int (*start)(const void *, const struct dispatch *, const struct dispatch **, void **);
    int (*draw)(void *, int, void *, size_t, unsigned int) = NULL;
    const struct dispatch *functions = NULL;
    void *context = NULL;
    unsigned char bytes[32];

    if (!module) {
        fprintf(stderr, "%s\n", dlerror());
        return 1;
    }
    *(void **)&start = dlsym(module, "OSSL_provider_init");
    if (!start || start(&core_functions, core_functions, &functions, &context) != 1)
        return 2;
    for (; functions->number; functions++)
        if (functions->number == PROVIDER_RANDOM_BYTES)
            *(void **)&draw = (void *)functions->function;
    if (!draw || draw(context, 0, bytes, sizeof(bytes), 256) != 1)
        return 3;
    printf("bytes=");
    for (size_t i = 0; i < sizeof(bytes); i++)
        printf("%02x", bytes[i]);
    printf("\n");
    return 0;
}
