/*
 * gone LIBRARY: linked to one OpenSSL, it loads another, draws from it and unloads it, and goes on
 * with its own.
 */
#include <dlfcn.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <stdio.h>

enum { ROUNDS = 3 };

static int draw_from(const char *path)
{
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    int (*draw)(unsigned char *, int) = NULL;
    unsigned char bytes[16];
    int drawn;

    if (library)
        *(void **)&draw = dlsym(library, "RAND_bytes");
    drawn = draw && draw(bytes, sizeof(bytes)) == 1;
    if (library)
        dlclose(library);
    return drawn;
}

int main(int argc, char **argv)
{
    CRYPTO_malloc_fn allocate;
    CRYPTO_realloc_fn reallocate;
    CRYPTO_free_fn release;
    unsigned char bytes[16];

    for (int i = 0; argc > 1 && i < ROUNDS; i++) {
        if (!draw_from(argv[1]) || RAND_bytes(bytes, sizeof(bytes)) != 1 || RAND_status() != 1)
            return 1;
        CRYPTO_get_mem_functions(&allocate, &reallocate, &release);
        RAND_set_rand_method(NULL);
        printf("round %d\n", i);
    }
    return 0;
}
