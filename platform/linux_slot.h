/*
 * Which slot of the vDSO's pool a thread tries first. Threads are told apart by their stacks, which
 * needs no thread pointer and no C library.
 */
#ifndef OSRANDOM_LINUX_SLOT_H
#define OSRANDOM_LINUX_SLOT_H

#include <stddef.h>
#include <stdint.h>

#include "random.h"

enum {
    SLOTS = RANDOM_STRIPES - 1, /* a power of two */
    STACK_SHIFT = 14,           /* stacks are farther apart than the 16 KiB that this folds */
};

/* stack is any address in the thread's stack. Stacks that follow one another, at whatever distance,
 * are spread evenly: the golden ratio sees to that. */
static inline size_t slot_of_stack(uintptr_t stack)
{
    const uint32_t place = (uint32_t)(stack >> STACK_SHIFT);

    return place * UINT32_C(0x9e3779b1) / (UINT32_MAX / SLOTS + 1);
}

#endif
