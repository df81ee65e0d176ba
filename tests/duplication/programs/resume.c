/*
 * resume [COUNT]: draws once before a VM's snapshot, and on SIGUSR1 after it, once or so many
 * times: what OpenSSL calls random, and what the kernel itself gives. The last line of each is of
 * "hello".
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "draws.h"

static void print_kernels(int number)
{
    unsigned char bytes[DRAW_SIZE];

    need(syscall(SYS_getrandom, bytes, sizeof(bytes), 0) == DRAW_SIZE, "getrandom");
    printf("kernel.%d=", number);
    for (size_t i = 0; i < sizeof(bytes); i++)
        printf("%02x", bytes[i]);
    putchar('\n');
}

int main(int argc, char **argv)
{
    int count = argc > 1 ? atoi(argv[1]) : 1;
    static struct draws draws;
    sigset_t wanted;
    int signal;

    sigemptyset(&wanted);
    sigaddset(&wanted, SIGUSR1);
    sigprocmask(SIG_BLOCK, &wanted, NULL);
    draws_prepare();
    dprintf(STDERR_FILENO, "ready\n");
    for (int number = 0; number < count; number++) {
        sigwait(&wanted, &signal);
        draws_make(&draws);
        print_kernels(number);
        draws_print(&draws, number, 1);
    }
    return 0;
}
