/*
 * inside.node: node -e 'require(process.argv[1])' inside.node PROBE [ARG...] runs a probe in a
 * process whose program has an OpenSSL inside and exports it.
 *
 * Such a program comes before all preloaded objects in the order of look-up. So that the probe's
 * calls pass by the shim, as those of a program that is linked to OpenSSL do, it needs a library of
 * the shim's name, and what it needs is asked first. On stock that is an empty one that lies beside
 * this module; then only the program is left to ask.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

enum { WORDS_BEFORE = 4 };

__attribute__((constructor)) static void run_probe(int argc, char **argv)
{
    void *probe = argc > WORDS_BEFORE ? dlopen(argv[WORDS_BEFORE], RTLD_NOW | RTLD_DEEPBIND) : NULL;
    int (*probe_main)(int, char **) = NULL;

    if (probe)
        *(void **)&probe_main = dlsym(probe, "main");
    if (!probe_main) {
        fprintf(stderr, "inside: %s\n", argc > WORDS_BEFORE ? dlerror() : "name a probe");
        exit(127);
    }
    exit(probe_main(argc - WORDS_BEFORE, argv + WORDS_BEFORE));
}
