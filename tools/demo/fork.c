/*
 * Two processes with the same process number, as in a container whose first process starts another
 * container: OpenSSL tells forks apart by that number, and so takes the second for the first.
 *
 * Exit status: 0 if the two draw different bytes, 1 if they draw the same, 2 if it cannot be tried.
 */
#include <errno.h>
#include <openssl/rand.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BYTES = 16 };

static unsigned char (*shared)[BYTES]; /* one draw each */

static int cannot(const char *what)
{
    fprintf(stderr, "cannot %s here: %s\n", what, strerror(errno));
    return 2;
}

static void draw(int which)
{
    if (RAND_bytes(shared[which], BYTES) != 1)
        exit(2);
    printf("  process %d, its parent %s: ", (int)getpid(), which ? "the first" : "outside");
    for (int i = 0; i < BYTES; i++)
        printf("%02x", shared[which][i]);
    printf("\n");
    fflush(stdout);
}

/* Runs in a new PID namespace, as its process 1. */
static int first_process(void)
{
    unsigned char warm_up;
    int status = 0;

    if (RAND_bytes(&warm_up, 1) != 1)
        return 2;
    if (unshare(CLONE_NEWPID) != 0)
        return cannot("make a PID namespace in another");
    if (fork() == 0) { /* process 1 of the inner namespace */
        draw(1);
        _exit(0);
    }
    wait(&status);
    draw(0);
    return memcmp(shared[0], shared[1], BYTES) == 0;
}

int main(void)
{
    int status = 0;

    shared = mmap(NULL, 2 * BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        return cannot("share memory");
    if (unshare(CLONE_NEWPID) != 0 && unshare(CLONE_NEWUSER | CLONE_NEWPID) != 0)
        return cannot("make a PID namespace (root, or user namespaces, are needed)");
    if (fork() == 0)
        _exit(first_process());
    wait(&status);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 2;
}
