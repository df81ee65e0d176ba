/*
 * storm drawing|ten|forks LIBRARY: threads that load an OpenSSL while others load it too, draw, or
 * fork. Whatever happens, nothing may hang: the test that runs it sets the time.
 */
#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { THREADS = 10, ROUNDS = 300, FORKS = 1500, CHILD_SECONDS = 60 };

extern int RAND_bytes(unsigned char *buffer, int length) __attribute__((weak));

static const char *library_path;
static _Atomic int stop;
static pthread_barrier_t start;
static unsigned char drawn[THREADS][32];

/* Draws by the library's own function, so by the method inside. */
static void load_and_draw(unsigned char bytes[32], int unload)
{
    void *library = dlopen(library_path, RTLD_NOW | RTLD_LOCAL);
    int (*draw)(unsigned char *, int) = NULL;

    if (library)
        *(void **)&draw = dlsym(library, "RAND_bytes");
    if (!draw || draw(bytes, 32) != 1) {
        fprintf(stderr, "storm: %s\n", library ? "no draw" : dlerror());
        exit(1);
    }
    if (unload)
        dlclose(library);
}

static void *one_of_ten(void *place)
{
    pthread_barrier_wait(&start);
    load_and_draw(place, 0);
    return NULL;
}

static void *loader(void *unused)
{
    unsigned char bytes[32];

    while (!stop)
        load_and_draw(bytes, 1);
    return unused;
}

/* Draws as a program does that finds the name: served by the shim, with or without an OpenSSL. */
static void *drawer(void *unused)
{
    unsigned char bytes[32];

    while (!stop)
        if (RAND_bytes && RAND_bytes(bytes, sizeof(bytes)) != 1)
            exit(1);
    return unused;
}

static int ten(void)
{
    pthread_t threads[THREADS];

    pthread_barrier_init(&start, NULL, THREADS);
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, one_of_ten, drawn[i]);
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        printf("thread %d=", i);
        for (int j = 0; j < 32; j++)
            printf("%02x", drawn[i][j]);
        printf("\n");
    }
    return 0;
}

static int drawing(void)
{
    pthread_t other;
    unsigned char bytes[32];

    pthread_create(&other, NULL, drawer, NULL);
    for (int i = 0; i < ROUNDS; i++)
        load_and_draw(bytes, 1);
    stop = 1;
    pthread_join(other, NULL);
    return 0;
}

/* A child must be able to draw. It does not load the library: on glibc, dlopen() and
 * dl_iterate_phdr() hang in such a child without any shim, when the fork found another thread in
 * dlopen(). */
static int in_child(void)
{
    unsigned char bytes[32];

    alarm(CHILD_SECONDS);
    return RAND_bytes && RAND_bytes(bytes, sizeof(bytes)) != 1;
}

static int forks(void)
{
    pthread_t other;
    int hung = 0, failed = 0;

    pthread_create(&other, NULL, loader, NULL);
    for (int i = 0; i < FORKS; i++) {
        int status = 0;
        pid_t child = fork();

        if (child == 0)
            _exit(in_child());
        waitpid(child, &status, 0);
        hung += WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM;
        failed += WIFEXITED(status) ? WEXITSTATUS(status) != 0 : 1;
    }
    stop = 1;
    pthread_join(other, NULL);
    printf("hung=%d\nfailed=%d\n", hung, failed);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    library_path = argv[2];
    if (strcmp(argv[1], "ten") == 0)
        return ten();
    return strcmp(argv[1], "forks") == 0 ? forks() : drawing();
}
