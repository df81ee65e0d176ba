/*
 * resume: draws once before a VM's snapshot, and on SIGUSR1 after it: what OpenSSL calls random,
 * and what the kernel itself gives.
 */
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "draws.h"

static void print_kernels(void)
{
    unsigned char bytes[DRAW_SIZE];

    need(syscall(SYS_getrandom, bytes, sizeof(bytes), 0) == DRAW_SIZE, "getrandom");
    printf("kernel.0=");
    for (size_t i = 0; i < sizeof(bytes); i++)
        printf("%02x", bytes[i]);
    putchar('\n');
}

int main(void)
{
    static struct draws draws;
    sigset_t wanted;
    int signal;

    sigemptyset(&wanted);
    sigaddset(&wanted, SIGUSR1);
    sigprocmask(SIG_BLOCK, &wanted, NULL);
    draws_prepare();
    dprintf(STDERR_FILENO, "ready\n");
    sigwait(&wanted, &signal);
    draws_make(&draws);
    print_kernels();
    draws_print(&draws, 0, 1);
    return 0;
}
