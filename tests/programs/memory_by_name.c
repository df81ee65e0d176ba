/*
 * memory_by_name LIBCRYPTO: loads an OpenSSL late and gives it memory functions of its own, all by
 * names that dlsym() finds in it, so that no call passes by a shim. A block that they never made
 * ends it.
 */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define MARK UINT64_C(0xfeedfacecafebeef)

static long made;

static uint64_t *checked(void *block)
{
    uint64_t *head = (uint64_t *)block - 2;

    if (*head == MARK)
        return head;
    fprintf(stderr, "a block that these functions never made is given to them\n");
    abort();
}

static void *take(size_t size, const char *file, int line)
{
    uint64_t *head = size ? malloc(size + 2 * sizeof(*head)) : NULL;

    (void)file;
    (void)line;
    if (!head)
        return NULL;
    *head = MARK;
    made++;
    return head + 2;
}

static void give(void *block, const char *file, int line)
{
    (void)file;
    (void)line;
    if (!block)
        return;
    *checked(block) = 0;
    free((uint64_t *)block - 2);
}

static void *retake(void *block, size_t size, const char *file, int line)
{
    uint64_t *head;

    if (!block)
        return take(size, file, line);
    if (size == 0) {
        give(block, file, line);
        return NULL;
    }
    head = realloc(checked(block), size + 2 * sizeof(*head));
    return head ? head + 2 : NULL;
}

static void *needed(void *library, const char *name)
{
    void *found = library ? dlsym(library, name) : NULL;

    if (found)
        return found;
    fprintf(stderr, "memory_by_name: %s\n", dlerror());
    exit(127);
}

int main(int argc, char **argv)
{
    void *library = dlopen(argc > 1 ? argv[1] : "", RTLD_NOW | RTLD_GLOBAL);
    int (*set)(void *(*)(size_t, const char *, int), void *(*)(void *, size_t, const char *, int),
               void (*)(void *, const char *, int));
    int (*draw)(unsigned char *, int), (*start)(uint64_t, const void *);
    void *(*allocate)(size_t, const char *, int);
    void (*end)(void);
    unsigned char bytes[16];

    *(void **)&set = needed(library, "CRYPTO_set_mem_functions");
    *(void **)&draw = needed(library, "RAND_bytes");
    *(void **)&start = needed(library, "OPENSSL_init_crypto");
    *(void **)&allocate = needed(library, "CRYPTO_malloc");
    *(void **)&end = needed(library, "OPENSSL_cleanup");
    printf("set=%d\n", set(take, retake, give));
    printf("started=%d\n", start(0, NULL));
    printf("drawn=%d\n", draw(bytes, sizeof(bytes)));
    give(allocate(1, "", 0), "", 0);
    printf("made=%d\n", made > 0);
    fflush(stdout);
    end();
    printf("ended=1\n");
    return 0;
}
