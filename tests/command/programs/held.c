/*
 * Does what its words say, prints "ready" and waits until its standard input ends.
 *
 *   draw       takes 16 bytes from OpenSSL
 *   swap       puts a generator of its own into it
 *   past       the same by dlsym(3) on a handle, which goes past the shim
 *   out        takes whatever is there out in that way
 *   close      has OpenSSL close down, as at the end
 *   load FILE  loads a library
 *   leave      ends its first thread; another one waits
 */
#include <dlfcn.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int ones(unsigned char *buffer, int length)
{
    memset(buffer, 1, (size_t)length);
    return 1;
}

static void set_past(const RAND_METHOD *method)
{
    void *openssl = dlopen("libcrypto.so.3", RTLD_NOW) ?: dlopen("libcrypto.so.1.1", RTLD_NOW);
    int (*set)(const RAND_METHOD *) = NULL;

    if (openssl)
        *(void **)&set = dlsym(openssl, "RAND_set_rand_method");
    if (set)
        set(method);
}

static int wait_for_end(void)
{
    puts("ready");
    fflush(stdout);
    return getchar() == EOF ? 0 : 1;
}

static bool shows_what_is_mapped(void)
{
    char path[64], byte;
    FILE *maps;
    bool shows;

    snprintf(path, sizeof(path), "/proc/%d/maps", (int)getpid());
    maps = fopen(path, "r");
    shows = maps && fread(&byte, 1, 1, maps) == 1;
    if (maps)
        fclose(maps);
    return shows;
}

/* The first thread shows it until it is over. */
static void *outlive(void *unused)
{
    (void)unused;
    while (shows_what_is_mapped())
        usleep(1000);
    exit(wait_for_end());
}

static void leave(void)
{
    pthread_t thread;

    if (pthread_create(&thread, NULL, outlive, NULL) == 0)
        pthread_exit(NULL);
}

int main(int argc, char **argv)
{
    static RAND_METHOD method = {.bytes = ones, .pseudorand = ones};
    unsigned char bytes[16];

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "draw") == 0 && RAND_bytes(bytes, sizeof(bytes)) != 1)
            return 1;
        if (strcmp(argv[i], "swap") == 0)
            RAND_set_rand_method(&method);
        if (strcmp(argv[i], "past") == 0)
            set_past(&method);
        if (strcmp(argv[i], "out") == 0)
            set_past(NULL);
        if (strcmp(argv[i], "leave") == 0)
            leave();
        if (strcmp(argv[i], "close") == 0)
            OPENSSL_cleanup();
        if (strcmp(argv[i], "load") == 0 && !dlopen(argv[++i], RTLD_NOW)) {
            fprintf(stderr, "%s\n", dlerror());
            return 1;
        }
    }
    return wait_for_end();
}
