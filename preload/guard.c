/*
 * See guard.h.
 */
#include "guard.h"

#include <linux/mman.h>
#include <stdatomic.h>
#include <stddef.h>

#include "linux_syscall.h"

enum {
    PROCESS_NUMBER_BITS = 22, /* PID_MAX_LIMIT of linux/threads.h */
    MOST_LIVES = (1 << (31 - PROCESS_NUMBER_BITS)) - 1,
    MOST_NUMBERS = 32,
    PAGE = 4096,
    DROPPABLE = 8, /* MAP_DROPPABLE of linux/mman.h */
};

/* In wiped memory: which life this is, 0 when it has just begun. NULL: none is under guard. */
static _Atomic uint32_t *_Atomic word;

/* In common memory, and so the same before and after: lives so far, and in which of them each
 * number was told first: the life above the number. 0 ends the list, which only grows. */
static _Atomic uint32_t lives;
static _Atomic uint32_t told[MOST_NUMBERS];

/* ---- Lives and numbers ---- */

/* A life's number is taken before it is written down: of two that begin the same one, be it a
 * handler that has interrupted the other, one is right for both, and a child that is forked in
 * between begins a later one. */
static uint32_t this_life(_Atomic uint32_t *mark)
{
    uint32_t life = atomic_load(mark), next;

    if (life)
        return life;
    next = atomic_fetch_add(&lives, 1) + 1;
    return atomic_compare_exchange_strong(mark, &life, next) ? next : life;
}

/* What stands for a life in 31 bits above a process number; never 0. After as many as there is room
 * for it begins again, when no DRBG has slept for so long. */
static uint32_t above(uint32_t life)
{
    return (1 + (life - 1) % MOST_LIVES) << PROCESS_NUMBER_BITS;
}

/* A list that is full has told a number before that it does not know. */
static bool was_told_before(uint32_t number, uint32_t life)
{
    const uint32_t entry = above(life) | number;

    for (size_t i = 0; i < MOST_NUMBERS; i++) {
        uint32_t found = atomic_load(&told[i]);

        if (found == 0 && atomic_compare_exchange_strong(&told[i], &found, entry))
            return false;
        if (found << (32 - PROCESS_NUMBER_BITS) == number << (32 - PROCESS_NUMBER_BITS))
            return found != entry;
    }
    return true;
}

int guard_number(int real)
{
    _Atomic uint32_t *mark = atomic_load_explicit(&word, memory_order_acquire);
    uint32_t life;

    if (!mark || real <= 0 || real >> PROCESS_NUMBER_BITS)
        return real;
    life = this_life(mark);
    return was_told_before((uint32_t)real, life) ? (int)(above(life) | (uint32_t)real) : real;
}

/* ---- The word ---- */

/* The first kind is wiped by forks as well, and CRIU passes it over. */
static _Atomic uint32_t *map_word(void)
{
    void *memory = linux_mmap(PAGE, PROT_READ | PROT_WRITE, DROPPABLE | MAP_ANONYMOUS);

    if (!linux_mmap_failed(memory))
        return memory;
    memory = linux_mmap(PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS);
    if (linux_mmap_failed(memory))
        return NULL;
    if (linux_syscall(SYS_madvise, memory, PAGE, MADV_WIPEONFORK) == 0)
        return memory;
    linux_syscall(SYS_munmap, memory, PAGE);
    return NULL;
}

static _Atomic bool is_out_of_reach;

void guard_give_up(void)
{
    is_out_of_reach = true;
}

bool guard_start(void)
{
    _Atomic uint32_t *none = NULL, *memory;

    if (is_out_of_reach)
        return false;
    if (guard_is_up())
        return true;
    memory = map_word();
    if (!memory)
        return false;
    if (atomic_compare_exchange_strong(&word, &none, memory))
        guard_number((int)linux_syscall(SYS_getpid)); /* it may have been seen before this */
    else
        linux_syscall(SYS_munmap, memory, PAGE);
    return true;
}

bool guard_is_up(void)
{
    return atomic_load_explicit(&word, memory_order_relaxed);
}
