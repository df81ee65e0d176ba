/*
 * A clock that is read without a system call: good for comparing two times of one process, of no
 * known unit. The instruction is the one that the vDSO's clock_gettime() reads by; that one may
 * leave the time to a system call, which a sandbox may kill for. Always 0 on machines that have no
 * getrandom() in their vDSO.
 */
#ifndef OSRANDOM_LINUX_TICKS_H
#define OSRANDOM_LINUX_TICKS_H

#include <stdint.h>

static inline uint64_t ticks(void)
{
#if defined(__x86_64__)
    uint32_t low, high;

    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return (uint64_t)high << 32 | low;
#elif defined(__aarch64__)
    uint64_t count;

    __asm__ volatile("mrs %0, cntvct_el0" : "=r"(count));
    return count;
#elif defined(__s390x__)
    uint64_t count;

    __asm__ volatile("stckf %0" : "=Q"(count) : : "cc");
    return count;
#elif defined(__riscv) && __riscv_xlen == 64
    uint64_t count;

    __asm__ volatile("rdtime %0" : "=r"(count));
    return count;
#elif defined(__loongarch64)
    uint64_t count;

    __asm__ volatile("rdtime.d %0, $zero" : "=r"(count));
    return count;
#else
    return 0;
#endif
}

#endif
