/*
 * draws WAY [ARG]: a program that uses the small OpenSSL, in the ways of the table below. Keys are
 * drawn inside the library, bytes by the function that the shim defines too.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/wait.h>
#include <unistd.h>

#include "small_openssl.h"

enum { LENGTH = 16, THREADS = 8, DRAWS = 1000 };

static unsigned char drawn[THREADS * DRAWS][LENGTH];

static void print(const char *name, const unsigned char *bytes)
{
    printf("%s=", name);
    for (int i = 0; i < LENGTH; i++)
        printf("%02x", bytes[i]);
    putchar('\n');
    fflush(stdout);
}

static int print_key(const char *name)
{
    unsigned char key[LENGTH] = {0};
    int answer = small_openssl_key(key, LENGTH);

    print(name, key);
    return answer == 1 ? 0 : 1;
}

/* The key comes first: bytes would also do as a second net of the shim. */
static int once(const char *nothing)
{
    unsigned char bytes[LENGTH] = {0};
    int failed = print_key("key");

    (void)nothing;
    if (RAND_bytes(bytes, LENGTH) != 1)
        failed = 1;
    print("bytes", bytes);
    printf("secure=%lu\n", getauxval(AT_SECURE));
    return failed;
}

static void *draw_many(void *place)
{
    unsigned char(*mine)[LENGTH] = place;

    for (int i = 0; i < DRAWS; i++) {
        if (i % 2)
            small_openssl_key(mine[i], LENGTH);
        else
            RAND_bytes(mine[i], LENGTH);
    }
    return NULL;
}

static int compare(const void *one, const void *other)
{
    return memcmp(one, other, LENGTH);
}

static int threads(const char *nothing)
{
    pthread_t thread[THREADS];
    int repeated = 0;

    (void)nothing;
    for (int i = 0; i < THREADS; i++)
        if (pthread_create(&thread[i], NULL, draw_many, drawn[(long)i * DRAWS]) != 0)
            return 1;
    for (int i = 0; i < THREADS; i++)
        pthread_join(thread[i], NULL);
    print("key", drawn[DRAWS + 1]);
    print("bytes", drawn[(THREADS - 1) * DRAWS]);
    qsort(drawn, THREADS * DRAWS, LENGTH, compare);
    for (int i = 1; i < THREADS * DRAWS; i++)
        repeated += compare(drawn[i - 1], drawn[i]) == 0;
    printf("repeated=%d\n", repeated);
    return 0;
}

static int in_child(const char *nothing)
{
    int status = 1;
    pid_t child;

    (void)nothing;
    print_key("before");
    child = fork();
    if (child == 0)
        _exit(print_key("child"));
    print_key("parent");
    return waitpid(child, &status, 0) == child ? status : 1;
}

/* Offers a method of its own when descriptor 2 has become the program's database. */
static int without_stderr(const char *database)
{
    static const RAND_METHOD theirs;

    close(STDERR_FILENO);
    if (*database && open(database, O_RDWR | O_CREAT | O_TRUNC, 0600) != STDERR_FILENO)
        return 1;
    printf("set=%d\n", RAND_set_rand_method(&theirs));
    return print_key("key");
}

static int open_shim(const char *shim)
{
    if (dlopen(shim, RTLD_NOW | RTLD_GLOBAL))
        return once("");
    printf("%s\n", dlerror());
    return 1;
}

static int open_and_close_shim(const char *shim)
{
    void *handle = dlopen(shim, RTLD_NOW | RTLD_GLOBAL);

    return handle && dlclose(handle) == 0 ? once("") : 1;
}

static int around(const char *command)
{
    print_key("before");
    printf("status=%d\n", system(command));
    return print_key("after");
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*go)(const char *argument);
    } ways[] = {
        {"once", once},           {"threads", threads},
        {"fork", in_child},       {"without-stderr", without_stderr},
        {"open-shim", open_shim}, {"open-and-close-shim", open_and_close_shim},
        {"around", around},
    };

    for (size_t i = 0; argc > 1 && i < sizeof(ways) / sizeof(ways[0]); i++)
        if (strcmp(argv[1], ways[i].name) == 0)
            return ways[i].go(argc > 2 ? argv[2] : "");
    return 2;
}
