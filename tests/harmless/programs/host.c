/*
 * host keep|close PLUGIN...: a program that runs one plugin after another, and closes each before
 * the next or keeps it. With LINKED it has an OpenSSL of its own; with OWN_GETENV it has its own
 * getenv(), as bash does, so that an OpenSSL comes in without a word.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef LINKED
#include <openssl/rand.h>
#endif

#include "plugin.h"

#ifdef OWN_GETENV
#include "own_getenv.h"
#endif

static void *needed(void *library, const char *name)
{
    void *found = library ? dlsym(library, name) : NULL;

    if (found)
        return found;
    fprintf(stderr, "host: %s\n", dlerror());
    exit(127);
}

static void run_plugin(void *plugin, int number)
{
    static const struct tail *before;
    const struct tail *tail = needed(plugin, "tails");
    void (*plugin_run)(void);

    printf("plugin=%d\n", number);
    if (number > 1)
        printf("it lies=%s\n", tail == before ? "where the one before lay" : "elsewhere");
    before = tail;
    *(void **)&plugin_run = needed(plugin, "run");
    plugin_run();
    for (; tail->name; tail++)
        printf("%s=%s\n", tail->name, tail->is(tail->call()));
    fflush(stdout);
}

int main(int argc, char **argv)
{
#ifdef LINKED
    unsigned char bytes[16];

    printf("host's RAND_bytes=%d\n", RAND_bytes(bytes, sizeof(bytes)));
#endif
    for (int i = 2; i < argc; i++) {
        void *plugin = dlopen(argv[i], RTLD_NOW | RTLD_LOCAL);

        run_plugin(plugin, i - 1);
        if (strcmp(argv[1], "close") == 0)
            dlclose(plugin);
    }
    return 0;
}
