/*
 * A program that is looked at from outside. It draws when it is told to, so that the figures are
 * known: each line of standard input is a command, and is answered with a number when it is done.
 *
 *   pid                 its process id
 *   version             OpenSSL_version_num()
 *   bytes TIMES LENGTH  draws by RAND_bytes()
 *   inside TIMES        draws of 32 bytes inside OpenSSL
 *   swap TIMES          offers a method of its own
 *   flood, calm         draws as fast as it can, 32 bytes each; stops, and answers how often
 *   fork                goes on in a child, answers its id; the parent goes on after the child's
 * end leave               ends
 */
#ifdef SMALL_OPENSSL
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "small_openssl.h"
#define NEED(condition)                                                                            \
    do {                                                                                           \
        if (!(condition))                                                                          \
            exit(1);                                                                               \
    } while (0)
#else
#include <openssl/bn.h>
#include <openssl/rand.h>

#include "probe.h"
#endif

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

static unsigned char buffer[1 << 20];
static _Atomic int flooding;
static pthread_t flooder;

static void draw_inside(void)
{
#ifdef SMALL_OPENSSL
    NEED(small_openssl_key(buffer, 32) == 1);
#else
    BIGNUM *number = BN_new();

    NEED(BN_rand(number, 256, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) == 1);
    BN_free(number);
#endif
}

static int own_bytes(unsigned char *bytes, int length)
{
    memset(bytes, 0x42, (size_t)length);
    return 1;
}

static void offer_method(void)
{
    static RAND_METHOD own_method = {.bytes = own_bytes, .pseudorand = own_bytes};

    NEED(RAND_set_rand_method(&own_method) == 1);
}

static void *flood(void *unused)
{
    unsigned char bytes[32];
    long draws = 0;

    (void)unused;
    while (flooding) {
        NEED(RAND_bytes(bytes, sizeof(bytes)) == 1);
        draws++;
    }
    return (void *)draws;
}

static long fork_and_go_on(void)
{
    pid_t child = fork();

    NEED(child >= 0);
    if (child == 0)
        return getpid();
    NEED(waitpid(child, NULL, 0) == child);
    return 0;
}

static long obey(const char *command, long times, long length)
{
    void *draws = NULL;

    if (strcmp(command, "pid") == 0)
        return getpid();
    if (strcmp(command, "version") == 0)
        return (long)OpenSSL_version_num();
    for (long i = 0; i < times && strcmp(command, "bytes") == 0; i++)
        NEED(RAND_bytes(buffer, (int)length) == 1);
    for (long i = 0; i < times && strcmp(command, "inside") == 0; i++)
        draw_inside();
    for (long i = 0; i < times && strcmp(command, "swap") == 0; i++)
        offer_method();
    if (strcmp(command, "flood") == 0) {
        flooding = 1;
        NEED(pthread_create(&flooder, NULL, flood, NULL) == 0);
    }
    if (strcmp(command, "calm") == 0) {
        flooding = 0;
        NEED(pthread_join(flooder, &draws) == 0);
    }
    return strcmp(command, "fork") == 0 ? fork_and_go_on() : (long)draws;
}

/* A line, read byte by byte: a child that goes on must find what its parent has not read. */
static int read_command(char *line, size_t room)
{
    size_t length = 0;

    while (length < room - 1 && read(STDIN_FILENO, line + length, 1) == 1 && line[length] != '\n')
        length++;
    line[length] = '\0';
    return length > 0;
}

int main(void)
{
    char line[64], command[16];

    while (read_command(line, sizeof(line))) {
        long times = 0, length = 0, answer;

        NEED(sscanf(line, "%15s %ld %ld", command, &times, &length) >= 1);
        if (strcmp(command, "leave") == 0)
            break;
        answer = obey(command, times, length);
        if (strcmp(command, "fork") != 0 || answer != 0) {
            printf("%ld\n", answer);
            fflush(stdout);
        }
    }
    return 0;
}
