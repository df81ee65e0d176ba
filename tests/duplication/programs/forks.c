/*
 * forks HOW: a process becomes two or three in one of the ways below, and each then draws.
 *
 * Where it can be had, the copy has the process number of the original: that is all by which
 * OpenSSL tells them apart.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "draws.h"

enum { MOST = 3, SHARED_DESCRIPTOR = 100 };

static struct draws *results;

/* The C library's fork() into a new PID namespace, as container tools do it. */
static pid_t unshare_and_fork(void)
{
    if (unshare(CLONE_NEWPID) != 0)
        cannot_run("no PID namespaces here");
    return fork();
}

static void finish(int number)
{
    draws_make(&results[number]);
    _exit(0);
}

/* Process 1 of a namespace, its child that is process 1 of another, and a grandchild like that. */
static int nested(void)
{
    pid_t first = unshare_and_fork();
    pid_t second, third;

    if (first == 0) {
        draws_prepare();
        second = unshare_and_fork();
        if (second == 0) {
            third = unshare_and_fork();
            if (third == 0)
                finish(2);
            draws_make(&results[1]);
            need_end(third, "the grandchild");
            _exit(0);
        }
        draws_make(&results[0]);
        need_end(second, "the child");
        _exit(0);
    }
    need_end(first, "the first process");
    return 3;
}

/* The same once, by the bare system call, which no atfork handler sees. */
static int raw_clone(void)
{
    pid_t first = unshare_and_fork();
    pid_t second;

    if (first == 0) {
        draws_prepare();
        second = fork_in_new_namespace();
        if (second == 0)
            finish(1);
        draws_make(&results[0]);
        need_end(second, "the clone");
        _exit(0);
    }
    need_end(first, "the first process");
    return 2;
}

static pid_t fork_with_number(pid_t number)
{
    struct clone_args arguments = {
        .exit_signal = SIGCHLD, .set_tid = (uint64_t)(uintptr_t)&number, .set_tid_size = 1};

    return (pid_t)syscall(SYS_clone3, &arguments, sizeof(arguments));
}

/* The middle process of a daemon's double fork. The original is gone when it forks, and its number
 * free: here the daemon gets it at once, which elsewhere takes a turn of the process numbers. */
static void become_daemon(int original_gone, pid_t original)
{
    pid_t daemon;
    char byte;

    setsid();
    need(read(original_gone, &byte, 1) == 1, "waiting for the original to end");
    daemon = fork_with_number(original);
    if (daemon < 0)
        cannot_run("process numbers cannot be chosen here");
    if (daemon == 0)
        finish(1);
    need_end(daemon, "the daemon");
    _exit(0);
}

/* An orphan is process 1's child. */
static pid_t any_child(void)
{
    siginfo_t end = {0};

    need(waitid(P_ALL, 0, &end, WEXITED | WNOWAIT) == 0, "waiting for the orphan");
    return end.si_pid;
}

static int daemonise(void)
{
    pid_t init = unshare_and_fork();
    pid_t original, middle;
    int gone[2];

    if (init != 0) {
        need_end(init, "process 1");
        return 2;
    }
    need(pipe(gone) == 0, "pipe");
    original = fork();
    if (original == 0) {
        draws_prepare();
        original = getpid();
        middle = fork();
        if (middle == 0)
            become_daemon(gone[0], original);
        finish(0);
    }
    need_end(original, "the original");
    need(write(gone[1], "", 1) == 1, "write");
    need_end(any_child(), "the middle process");
    _exit(0);
}

static int child_of_vfork(void)
{
    volatile pid_t child;

    draws_prepare();
    child = vfork();
    if (child == 0)
        finish(1);
    draws_make(&results[0]);
    need_end(child, "the child");
    return 2;
}

static int plain_fork(void)
{
    pid_t child;

    draws_prepare();
    child = fork();
    if (child == 0)
        finish(1);
    draws_make(&results[0]);
    need_end(child, "the child");
    return 2;
}

static int spawn(void)
{
    char last[] = "spawned";
    char *words[64];
    pid_t child;

    draws_prepare();
    own_command(words, sizeof(words) / sizeof(words[0]), last);
    need(posix_spawn(&child, "/proc/self/exe", NULL, NULL, words, environ) == 0, "posix_spawn");
    draws_make(&results[0]);
    need_end(child, "the spawned program");
    return 2;
}

static int spawned(void)
{
    draws_prepare();
    finish(1);
    return 0;
}

static struct draws *results_in(int descriptor)
{
    void *memory =
        mmap(NULL, MOST * sizeof(struct draws), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);

    need(memory != MAP_FAILED, "mmap");
    return memory;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(void);
    } ways[] = {
        {"nested", nested},        {"raw-clone", raw_clone}, {"daemon", daemonise},
        {"vfork", child_of_vfork}, {"fork", plain_fork},     {"spawn", spawn},
        {"spawned", spawned},
    };
    int file;

    if (argc == 2 && strcmp(argv[1], "spawned") != 0) {
        file = memfd_create("results", 0);
        need(ftruncate(file, MOST * sizeof(struct draws)) == 0, "memfd_create");
        need(dup2(file, SHARED_DESCRIPTOR) == SHARED_DESCRIPTOR, "dup2");
    }
    results = results_in(SHARED_DESCRIPTOR);
    for (size_t i = 0; argc == 2 && i < sizeof(ways) / sizeof(ways[0]); i++)
        if (strcmp(argv[1], ways[i].name) == 0) {
            draws_print(results, 0, ways[i].run());
            return 0;
        }
    fprintf(stderr, "forks nested|raw-clone|daemon|vfork|fork|spawn\n");
    return 2;
}
