/*
 * uses WAY [FILE]: a program that is linked to OpenSSL, in one of the ways of the table below.
 */
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LENGTH = 16 };

static int draw(const char *name)
{
    unsigned char bytes[LENGTH] = {0};
    int answer = RAND_bytes(bytes, LENGTH);

    printf("%s=", name);
    for (int i = 0; i < LENGTH; i++)
        printf("%02x", bytes[i]);
    printf("\nanswer=%d\n", answer);
    fflush(stdout);
    return answer == 1 ? 0 : 1;
}

static int draws(const char *nothing)
{
    (void)nothing;
    printf("errno=%d\n", errno);
    return draw("bytes");
}

static int other_bytes(unsigned char *bytes, int length)
{
    memset(bytes, 'Z', (size_t)length);
    return 1;
}

static int swaps(const char *nothing)
{
    static const RAND_METHOD other = {NULL, other_bytes, NULL, NULL, other_bytes, NULL};

    (void)nothing;
    printf("swapped=%d\n", RAND_set_rand_method(&other));
    return draw("bytes");
}

static int forks(const char *nothing)
{
    int failed = draws(nothing), status = 1;
    pid_t child = fork();

    if (child == 0)
        _exit(draw("child"));
    return waitpid(child, &status, 0) == child && status == 0 ? failed : 1;
}

/* The file that is opened next gets the lowest number that is free. */
static int opens(const char *path)
{
    unsigned char byte;
    int answer = RAND_bytes(&byte, 1), file = open(path, O_WRONLY | O_CREAT, 0600);

    return answer == 1 && dprintf(file, "answer=%d\nfirst=%d\n", answer, file) > 0 ? 0 : 1;
}

/* Until standard input ends. */
static int waits(const char *nothing)
{
    char byte;

    if (draws(nothing) != 0)
        return 1;
    return read(STDIN_FILENO, &byte, 1) == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*use)(const char *argument);
    } ways[] = {
        {"draws", draws}, {"swaps", swaps}, {"forks", forks}, {"opens", opens}, {"waits", waits}};

    for (size_t i = 0; argc > 1 && i < sizeof(ways) / sizeof(ways[0]); i++)
        if (strcmp(argv[1], ways[i].name) == 0)
            return ways[i].use(argv[2]);
    return 2;
}
