/*
 * reload LIBRARY TIMES: loads an OpenSSL, has it draw, and unloads it again. The draw is made by
 * the library's own RAND_bytes(), found through the handle: only a method pinned inside can serve
 * it.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

static void draw(void *library, int round)
{
    int (*bytes)(unsigned char *, int);
    unsigned char buffer[32];

    *(void **)&bytes = dlsym(library, "RAND_bytes");
    if (!bytes || bytes(buffer, sizeof(buffer)) != 1)
        exit(1);
    printf("draw %d=", round);
    for (size_t i = 0; i < sizeof(buffer); i++)
        printf("%02x", buffer[i]);
    printf("\n");
}

int main(int argc, char **argv)
{
    int times = argc > 2 ? atoi(argv[2]) : 0;
    int unloaded = 0;

    for (int round = 0; round < times; round++) {
        void *library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);

        if (!library) {
            fprintf(stderr, "reload: %s\n", dlerror());
            return 127;
        }
        draw(library, round);
        dlclose(library);
        unloaded += dlopen(argv[1], RTLD_NOW | RTLD_NOLOAD) == NULL;
    }
    printf("unloaded=%d\n", unloaded);
    return 0;
}
