/*
 * both MODULE...: loads several probes, each with an OpenSSL of its own, then runs one after
 * another.
 */
#include <dlfcn.h>
#include <stdio.h>

enum { MOST = 8 };

int main(int argc, char **argv)
{
    int (*mains[MOST])(int, char **) = {NULL};

    for (int i = 1; i < argc && i < MOST; i++) {
        void *module = dlopen(argv[i], RTLD_NOW | RTLD_LOCAL);

        if (module)
            *(void **)&mains[i] = dlsym(module, "main");
        if (!mains[i]) {
            fprintf(stderr, "both: %s\n", dlerror());
            return 127;
        }
    }
    for (int i = 1; i < argc && i < MOST; i++) {
        printf("module=%s\n", argv[i]);
        if (mains[i](1, argv + i) != 0)
            return 1;
    }
    return 0;
}
