/*
 * System calls by the machine's own instruction: no C library is needed, none can interpose, and
 * errno is never touched. The result is the kernel's: negative errno on failure.
 *
 * Registers and clobbers are those of syscall(2)'s table "Architecture calling conventions".
 */
#ifndef OSRANDOM_LINUX_SYSCALL_H
#define OSRANDOM_LINUX_SYSCALL_H

#if defined(__x86_64__) && !defined(__LP64__)
#error "linux_syscall.h: x32 programs are not supported; build for x86-64 or i386"
#endif

#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>

/* Most machines: the number has a register of its own, the result comes in the first argument's. */
#define LINUX_SYSCALL_BY(instruction, in_number, in_a, in_b, in_c, in_d, in_e, in_f)               \
    static inline long linux_syscall6(long number, long a, long b, long c, long d, long e, long f) \
    {                                                                                              \
        register long number_register __asm__(in_number) = number;                                 \
        register long a_register __asm__(in_a) = a;                                                \
        register long b_register __asm__(in_b) = b;                                                \
        register long c_register __asm__(in_c) = c;                                                \
        register long d_register __asm__(in_d) = d;                                                \
        register long e_register __asm__(in_e) = e;                                                \
        register long f_register __asm__(in_f) = f;                                                \
                                                                                                   \
        __asm__ volatile(instruction /* NOLINT(bugprone-macro-parentheses) */                      \
                         : "+r"(a_register)                                                        \
                         : "r"(number_register), "r"(b_register), "r"(c_register),                 \
                           "r"(d_register), "r"(e_register), "r"(f_register)                       \
                         : "cc", "memory");                                                        \
        return a_register;                                                                         \
    }

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

#elif defined(__i386__)

/* The sixth argument's register is the frame pointer, which the compiler may not lend. A thread
 * that is cancelled in a call is unwound from there, by frames that have to be where the compiler
 * left them: so that no call takes a sixth but mmap2(), which no draw makes. */
static inline long linux_syscall6(long number, long a, long b, long c, long d, long e, long none)
{
    long result;

    (void)none;
    __asm__ volatile("int $0x80"
                     : "=a"(result)
                     : "a"(number), "b"(a), "c"(b), "d"(c), "S"(d), "D"(e)
                     : "cc", "memory");
    return result;
}

static inline long linux_mmap2(size_t size, int protection, int flags, int descriptor)
{
    long result;

    __asm__ volatile("pushl %%ebp\n\t"
                     "xorl %%ebp, %%ebp\n\t"
                     "int $0x80\n\t"
                     "popl %%ebp"
                     : "=a"(result)
                     : "a"(SYS_mmap2), "b"(0), "c"(size), "d"(protection), "S"(flags),
                       "D"(descriptor)
                     : "cc", "memory");
    return result;
}

#elif defined(__aarch64__)

LINUX_SYSCALL_BY("svc 0", "x8", "x0", "x1", "x2", "x3", "x4", "x5")

#elif defined(__arm__) && defined(__ARM_EABI__)

/* The number's register, r7, is Thumb code's frame pointer, which the compiler may not lend. */
static inline long linux_syscall6(long number, long a, long b, long c, long d, long e, long f)
{
    register long r0 __asm__("r0") = a;
    register long r1 __asm__("r1") = b;
    register long r2 __asm__("r2") = c;
    register long r3 __asm__("r3") = d;
    register long r4 __asm__("r4") = e;
    register long r5 __asm__("r5") = f;
    long kept;

    __asm__ volatile("mov %[kept], r7\n\t"
                     "mov r7, %[number]\n\t"
                     "svc 0\n\t"
                     "mov r7, %[kept]"
                     : "+r"(r0), [kept] "=&r"(kept)
                     : [number] "r"(number), "r"(r1), "r"(r2), "r"(r3), "r"(r4), "r"(r5)
                     : "cc", "memory");
    return r0;
}

#elif defined(__riscv) && __riscv_xlen == 64

LINUX_SYSCALL_BY("ecall", "a7", "a0", "a1", "a2", "a3", "a4", "a5")

#elif defined(__s390x__)

LINUX_SYSCALL_BY("svc 0", "r1", "r2", "r3", "r4", "r5", "r6", "r7")

#elif defined(__powerpc64__) && defined(_CALL_ELF) && _CALL_ELF == 2

/* An error is told by the summary overflow bit, and is positive. */
static inline long linux_syscall6(long number, long a, long b, long c, long d, long e, long f)
{
    register long r0 __asm__("r0") = number;
    register long r3 __asm__("r3") = a;
    register long r4 __asm__("r4") = b;
    register long r5 __asm__("r5") = c;
    register long r6 __asm__("r6") = d;
    register long r7 __asm__("r7") = e;
    register long r8 __asm__("r8") = f;

    __asm__ volatile("sc\n\t"
                     "bns+ 1f\n\t"
                     "neg %1, %1\n"
                     "1:"
                     : "+r"(r0), "+r"(r3), "+r"(r4), "+r"(r5), "+r"(r6), "+r"(r7), "+r"(r8)
                     :
                     : "r9", "r10", "r11", "r12", "cr0", "ctr", "memory");
    return r3;
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

/* A file from its start, or -1 for none; or an address for which linux_mmap_failed() is true. */
static inline void *linux_mmap_file(size_t size, int protection, int flags, int descriptor)
{
#if defined(__s390x__) /* the arguments lie in memory there: mmap(2), "C library/kernel" */
    const unsigned long arguments[] = {
        0, size, (unsigned long)protection, (unsigned long)flags, (unsigned long)descriptor, 0};

    return (void *)linux_syscall(SYS_mmap, arguments);
#elif defined(__i386__)
    return (void *)linux_mmap2(size, protection, flags, descriptor);
#elif defined(SYS_mmap2) /* 32-bit machines: the offset in pages */
    return (void *)linux_syscall(SYS_mmap2, 0, size, protection, flags, descriptor, 0);
#else
    return (void *)linux_syscall(SYS_mmap, 0, size, protection, flags, descriptor, 0);
#endif
}

/* Anonymous memory, or such an address. */
static inline void *linux_mmap(size_t size, int protection, int flags)
{
    return linux_mmap_file(size, protection, flags, -1);
}

#endif
