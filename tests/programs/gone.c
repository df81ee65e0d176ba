/*
 * gone FIRST SECOND: loads two OpenSSLs, unloads the first, and makes the calls that look for an
 * OpenSSL: by the names that a shim exports into every process.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

static void *needed(void *library, const char *name)
{
    void *found = dlsym(library, name);

    if (found)
        return found;
    fprintf(stderr, "gone: %s\n", dlerror());
    exit(127);
}

static void *load(const char *path)
{
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);

    if (library)
        return library;
    fprintf(stderr, "gone: %s\n", dlerror());
    exit(127);
}

static void draw(const char *name)
{
    int (*bytes)(unsigned char *, int);
    unsigned char buffer[32] = {0};

    *(void **)&bytes = needed(RTLD_DEFAULT, "RAND_bytes");
    printf("%s served=%d\n%s=", name, bytes(buffer, sizeof(buffer)), name);
    for (size_t i = 0; i < sizeof(buffer); i++)
        printf("%02x", buffer[i]);
    printf("\n");
}

int main(int argc, char **argv)
{
    void *first = load(argc > 2 ? argv[1] : ""), *second = load(argc > 2 ? argv[2] : "");
    void *(*by_id)(const char *);
    int (*set_method)(const void *);

    draw("both");
    dlclose(first);
    printf("unloaded=%d\n", dlopen(argv[1], RTLD_NOW | RTLD_NOLOAD) == NULL);
    draw("second");
    *(void **)&by_id = needed(RTLD_DEFAULT, "ENGINE_by_id");
    printf("unknown engine=%d\n", by_id("no such engine") != NULL);
    *(void **)&set_method = needed(RTLD_DEFAULT, "RAND_set_rand_method");
    printf("set=%d\n", set_method(NULL));
    draw("again");
    dlclose(second);
    draw("none");
    return 0;
}
