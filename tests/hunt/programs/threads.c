/*
 * threads LIBRARY...: a program with the shim inside, for ThreadSanitizer. Threads draw, offer
 * methods and take them back, look for engines, set memory functions, and load and unload further
 * OpenSSLs, all at once.
 */
#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { DRAWERS = 4, ROUNDS = 200 };

struct rand_method;
extern int RAND_bytes(unsigned char *buffer, int length);
extern int RAND_set_rand_method(const struct rand_method *method);
extern const struct rand_method *RAND_get_rand_method(void);
extern const struct rand_method *RAND_OpenSSL(void);
extern void *ENGINE_by_id(const char *id);
extern int ENGINE_free(void *engine);
extern void CRYPTO_get_mem_functions(void **allocate, void **reallocate, void **release);

static pthread_barrier_t ready;
static atomic_bool stop;
static atomic_uint failed, drawn, loaded;

static void *draw(void *unused)
{
    unsigned char bytes[1024];

    pthread_barrier_wait(&ready);
    for (int i = 0; !stop; i++, drawn++)
        if (RAND_bytes(bytes, i % 100 ? 32 : sizeof(bytes)) != 1)
            failed++;
    return unused;
}

static void *swap(void *unused)
{
    pthread_barrier_wait(&ready);
    while (!stop) {
        RAND_set_rand_method(RAND_OpenSSL());
        RAND_get_rand_method();
        RAND_set_rand_method(NULL);
    }
    return unused;
}

static void *look(void *unused)
{
    pthread_barrier_wait(&ready);
    while (!stop) {
        void *engine = ENGINE_by_id("osrandom"), *functions[3];

        ENGINE_free(engine);
        CRYPTO_get_mem_functions(&functions[0], &functions[1], &functions[2]);
    }
    return unused;
}

static void *load(void *path)
{
    unsigned char bytes[32];

    pthread_barrier_wait(&ready);
    for (int i = 0; i < ROUNDS; i++) {
        void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
        int (*their_draw)(unsigned char *, int) = NULL;

        if (library)
            *(void **)&their_draw = dlsym(library, "RAND_bytes");
        if (!their_draw || their_draw(bytes, sizeof(bytes)) != 1)
            failed++;
        if (library)
            dlclose(library);
        loaded++;
    }
    return NULL;
}

int main(int argc, char **argv)
{
    enum { OTHERS = DRAWERS + 2, MOST = 4 };
    void *(*const others[])(void *) = {draw, draw, draw, draw, swap, look};
    pthread_t threads[OTHERS], loaders[MOST];
    int libraries = argc - 1 < MOST ? argc - 1 : MOST;

    pthread_barrier_init(&ready, NULL, (unsigned int)(OTHERS + libraries));
    for (int i = 0; i < OTHERS; i++)
        pthread_create(&threads[i], NULL, others[i], NULL);
    for (int i = 0; i < libraries; i++)
        pthread_create(&loaders[i], NULL, load, argv[i + 1]);
    for (int i = 0; i < libraries; i++)
        pthread_join(loaders[i], NULL);
    stop = true;
    for (int i = 0; i < OTHERS; i++)
        pthread_join(threads[i], NULL);
    printf("failed=%u\ndrawn=%u\nloaded=%u\n", failed, drawn, loaded);
    return failed != 0;
}
