/*
 * A dynamic program without a C library: it exits with 42 by a system call of its own. With
 * -DDRAWS it first uses what the shim exports, if anything does.
 */
#include "linux_syscall.h"

#pragma weak getenv
#pragma weak RAND_bytes
#pragma weak RAND_set_rand_method
char *getenv(const char *name);
int RAND_bytes(unsigned char *buffer, int length);
int RAND_set_rand_method(const void *method);

#if defined(__x86_64__)
__asm__(".globl _start\n_start: xor %ebp, %ebp\n call program\n");
#elif defined(__i386__)
__asm__(".globl _start\n_start: xor %ebp, %ebp\n and $-16, %esp\n call program\n");
#elif defined(__aarch64__)
__asm__(".globl _start\n_start: bl program\n");
#else
#error "say here how a program starts on this machine: with an aligned stack, at program()"
#endif

void program(void) __attribute__((noreturn));

static void say(const char *text)
{
    unsigned long length = 0;

    while (text[length])
        length++;
    linux_syscall(SYS_write, 1, text, length);
}

static void draw(void)
{
    char line[] = "bytes=................................\n";
    unsigned char bytes[16] = {0};

    if (!getenv || !RAND_bytes) {
        say("nothing is preloaded\n");
        return;
    }
    say(getenv("PATH") || getenv("OPENSSL_ia32cap") ? "getenv=something\n" : "getenv=null\n");
    say(RAND_set_rand_method(bytes) ? "set=1\n" : "set=0\n");
    say(RAND_bytes(bytes, sizeof(bytes)) == 1 ? "answer=1\n" : "answer=0\n");
    for (unsigned long i = 0; i < sizeof(bytes); i++) {
        line[6 + 2 * i] = "0123456789abcdef"[bytes[i] >> 4];
        line[7 + 2 * i] = "0123456789abcdef"[bytes[i] & 15];
    }
    say(line);
}

void program(void)
{
#ifdef DRAWS
    draw();
#else
    (void)draw;
#endif
    linux_syscall(SYS_exit_group, 42);
    __builtin_unreachable();
}
