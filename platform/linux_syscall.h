/*
 * System calls by the machine's own instruction: no C library is needed, none can interpose, and
 * errno is never touched. The result is the kernel's: negative errno on failure.
 *
 * Registers and clobbers are those of syscall(2)'s table "Architecture calling conventions".
 */
#ifndef OSRANDOM_LINUX_SYSCALL_H
#define OSRANDOM_LINUX_SYSCALL_H

#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>

#if defined(__x86_64__)

static inline long linux_syscall6(long number, long a, long b, long c, long d, long e, long f)
{
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    long result;

    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}

#elif defined(__aarch64__)

static inline long linux_syscall6(long number, long a, long b, long c, long d, long e, long f)
{
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    register long x4 __asm__("x4") = e;
    register long x5 __asm__("x5") = f;

    __asm__ volatile("svc 0"
                     : "+r"(x0)
                     : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
                     : "memory");
    return x0;
}

#else
#error "linux_syscall.h: add this machine's system call instruction (see syscall(2))"
#endif

#define LINUX_SYSCALL_PICK(number, a, b, c, d, e, f, ...)                                          \
    linux_syscall6(number, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))

/* linux_syscall(SYS_name, up to six arguments); missing ones are 0. */
#define linux_syscall(...) LINUX_SYSCALL_PICK(__VA_ARGS__, 0, 0, 0, 0, 0, 0, 0)

/* mmap() reports an error as one of the last page's addresses. */
static inline int linux_mmap_failed(const void *address)
{
    return (uintptr_t)address > (uintptr_t)-4096;
}

/* Anonymous memory, or an address for which linux_mmap_failed() is true. */
static inline void *linux_mmap(size_t size, int protection, int flags)
{
    return (void *)linux_syscall(SYS_mmap, 0, size, protection, flags, -1, 0);
}

#endif
