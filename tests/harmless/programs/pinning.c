/*
 * pinning fork|namespace LIBRARY: the first thread loads an OpenSSL, and while a shim is at work on
 * it another thread forks: into the same PID namespace, or into a new one, in which the child's
 * thread has the number that the first thread has in the parent's. The child then draws.
 */
#include <dlfcn.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "slow_openssl.h"

#pragma weak RAND_bytes

enum { MOST_SECONDS = 20, CANNOT_RUN = 77 };

int (*slow_key)(unsigned char *buffer, int length);
const char *slow_cap;

static sem_t inside, go_on;
static atomic_int has_stood;
static int into_namespace;

void stand_still(void)
{
    if (atomic_exchange(&has_stood, 1))
        return;
    sem_post(&inside);
    sem_wait(&go_on);
}

static void print_draws(const char *who)
{
    unsigned char bytes[32], bad[32];

    memset(bad, BAD_BYTE, sizeof(bad));
    printf("%s draws=%d\n", who, RAND_bytes && RAND_bytes(bytes, sizeof(bytes)) == 1);
    printf("%s's keys=", who);
    if (!slow_key || slow_key(bytes, sizeof(bytes)) != 1)
        printf("none\n");
    else
        printf("%s\n", memcmp(bytes, bad, sizeof(bad)) == 0 ? "OpenSSL's own" : "the system's");
    fflush(stdout);
}

static pid_t new_process(int flags)
{
    pid_t child;

    fflush(stdout);
    child = flags ? (pid_t)syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0) : fork();
    if (child < 0) {
        printf("cannot_run=no PID namespaces here\n");
        exit(CANNOT_RUN);
    }
    return child;
}

static int wait_for(pid_t child)
{
    int status;

    waitpid(child, &status, 0);
    if (WIFSIGNALED(status))
        printf("ended by signal=%d\n", WTERMSIG(status));
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

static void *fork_beside(void *unused)
{
    pid_t child;

    sem_wait(&inside);
    child = new_process(into_namespace ? CLONE_NEWPID : 0);
    if (child == 0) {
        alarm(MOST_SECONDS);
        print_draws("child");
        _exit(0);
    }
    wait_for(child);
    sem_post(&go_on);
    return unused;
}

static int load(const char *path)
{
    pthread_t thread;

    sem_init(&inside, 0, 0);
    sem_init(&go_on, 0, 0);
    if (pthread_create(&thread, NULL, fork_beside, NULL) != 0)
        return 1;
    if (!dlopen(path, RTLD_NOW | RTLD_LOCAL)) {
        fprintf(stderr, "pinning: %s\n", dlerror());
        return 1;
    }
    if (!has_stood)
        stand_still(); /* nobody is at work on it, on stock */
    pthread_join(thread, NULL);
    print_draws("parent");
    return 0;
}

int main(int argc, char **argv)
{
    pid_t child;

    if (argc < 3)
        return 2;
    into_namespace = strcmp(argv[1], "namespace") == 0;
    if (!into_namespace)
        return load(argv[2]);
    child = new_process(CLONE_NEWPID);
    if (child == 0)
        _exit(load(argv[2]));
    return wait_for(child);
}
