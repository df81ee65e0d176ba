/*
 * pace LIBCRYPTO: what RAND_bytes() of 32 bytes takes, in nanoseconds by the clock; the least of
 * several rounds.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <time.h>

enum { BYTES = 32, CALLS = 2000, ROUNDS = 15 };

static double nanoseconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

int main(int argc, char **argv)
{
    void *library = argc > 1 ? dlopen(argv[1], RTLD_NOW) : NULL;
    unsigned char bytes[BYTES];
    int (*draw)(unsigned char *, int);
    double least = 0;

    if (!library || !(*(void **)&draw = dlsym(library, "RAND_bytes"))) {
        fprintf(stderr, "pace: %s\n", argc > 1 ? dlerror() : "name a libcrypto");
        return 127;
    }
    for (int round = 0; round < ROUNDS; round++) {
        double start = nanoseconds(), took;

        for (int i = 0; i < CALLS; i++)
            if (draw(bytes, BYTES) != 1)
                return 1;
        took = (nanoseconds() - start) / CALLS;
        least = round == 0 || took < least ? took : least;
    }
    printf("pace=%.0f\n", least);
    return 0;
}
