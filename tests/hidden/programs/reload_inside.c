/*
 * reload_inside MODULE TIMES: loads a module with OpenSSL inside, has it draw, and unloads it
 * again.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    char how[] = "raw", *words[] = {argv[0], how, NULL};
    int times = argc > 2 ? atoi(argv[2]) : 0, unloaded = 0;

    for (int round = 0; round < times; round++) {
        void *module = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
        int (*inside)(int, char **) = NULL;

        if (module)
            *(void **)&inside = dlsym(module, "main");
        if (!inside) {
            fprintf(stderr, "reload_inside: %s\n", dlerror());
            return 127;
        }
        if (inside(2, words) != 0)
            return 1;
        dlclose(module);
        unloaded += dlopen(argv[1], RTLD_NOW | RTLD_NOLOAD) == NULL;
    }
    printf("unloaded=%d\n", unloaded);
    return 0;
}
