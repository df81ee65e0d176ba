/*
 * See linux_choice.h.
 */
#include "linux_choice.h"

#include <stdatomic.h>

/* Of the time that the chosen call takes: by more than that the other one must be faster. */
enum { LEAST_GAIN = 32, TICKS_ARE = 1024 };

/* Whose turn it is: the vDSO's, the system call's twice, and so on. A program that draws two sizes
 * of one class in turn, or a machine that warms up, favours neither. */
enum { ORDER = 0x96 };

static uint32_t get(const _Atomic uint32_t *value)
{
    return atomic_load_explicit(value, memory_order_relaxed);
}

static void set(_Atomic uint32_t *value, uint32_t to)
{
    atomic_store_explicit(value, to, memory_order_relaxed);
}

size_t choice_class(size_t length)
{
    size_t class = 0;

    while (class < CHOICE_CLASSES - 1 && length > (size_t)2 * CHOICE_ABOVE << class)
        class ++;
    return class;
}

struct choice_turn choice_next(struct choice *choice)
{
    uint32_t turn = get(&choice->turns);

    if (turn >= CHOICE_TRIAL)
        return (struct choice_turn){(enum choice_call)get(&choice->chosen), false};
    set(&choice->turns, turn + 1);
    return (struct choice_turn){(enum choice_call)(ORDER >> turn & 1), true};
}

/* A signal, another program, a page that had to be mapped: they make a draw longer and never
 * shorter, so the shortest one counts. */
static void keep_best(_Atomic uint32_t *best, size_t length, uint64_t ticks)
{
    uint64_t each = ticks * TICKS_ARE / length;

    if (ticks < UINT32_MAX && each && each < UINT32_MAX && (!get(best) || each < get(best)))
        set(best, (uint32_t)each);
}

void choice_note(struct choice *choice, enum choice_call call, size_t length, uint64_t ticks)
{
    const uint32_t chosen = get(&choice->chosen);
    uint32_t now, other;

    keep_best(&choice->best[call], length, ticks);
    now = get(&choice->best[chosen]);
    other = get(&choice->best[!chosen]);
    if (get(&choice->turns) >= CHOICE_TRIAL && other && now && other < now - now / LEAST_GAIN)
        set(&choice->chosen, !chosen);
}

void choice_again(struct choice *choice)
{
    for (size_t i = 0; i < CHOICE_CALLS; i++)
        set(&choice->best[i], 0);
    set(&choice->turns, 0);
}
