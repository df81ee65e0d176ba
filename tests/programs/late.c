/*
 * late MODULE [ARG...]: a program without OpenSSL that loads a probe, and OpenSSL with it, in
 * main() as Python's ssl and Apache's mod_ssl are loaded: RTLD_NOW and RTLD_LOCAL.
 */
#include <dlfcn.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    void *module = argc > 1 ? dlopen(argv[1], RTLD_NOW | RTLD_LOCAL) : NULL;
    int (*probe_main)(int, char **) = NULL;

    if (module)
        *(void **)&probe_main = dlsym(module, "main");
    if (!probe_main) {
        fprintf(stderr, "late: %s\n", argc > 1 ? dlerror() : "name a module");
        return 127;
    }
    return probe_main(argc - 1, argv + 1);
}
