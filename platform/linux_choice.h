/*
 * Which of the kernel's two calls draws faster, the vDSO's or the system call.
 *
 * That depends on the machine: above a KiB the one or the other takes twice as long. So the first
 * draws of each class of sizes are timed, made by the two calls in turn, and from then on the class
 * goes with the faster one. Every few thousand draws it is tried anew. What is kept is no more than
 * a hint: any thread, signal handler or forked child may use and change it at any moment, without
 * locks, and the worst that a race does is to choose the slower call.
 */
#ifndef OSRANDOM_LINUX_CHOICE_H
#define OSRANDOM_LINUX_CHOICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum choice_call { CHOICE_VDSO, CHOICE_SYSTEM, CHOICE_CALLS };

/* The classes: over 128 bytes to 256, to 512 and so on to 16 KiB, and above. Up to 128 bytes the
 * vDSO is always faster, for it saves a system call. */
enum { CHOICE_ABOVE = 128, CHOICE_CLASSES = 8 };

/* Timed draws of a trial, half of them by each call; draws until the next trial. */
enum { CHOICE_TRIAL = 8, CHOICE_DRAWS = 4093 };

/* Of one class; all zero to begin with. */
struct choice {
    _Atomic uint32_t turns;              /* of the trial, as far as they are given out */
    _Atomic uint32_t best[CHOICE_CALLS]; /* in 1024ths of a tick a byte; 0: none yet */
    _Atomic uint32_t chosen;             /* an enum choice_call */
};

/* Where the class of a length, above CHOICE_ABOVE, stands in its array. */
size_t choice_class(size_t length);

struct choice_turn {
    enum choice_call call;
    bool timed; /* the caller is to measure and note it */
};

/* Which call the next draw takes. */
struct choice_turn choice_next(struct choice *choice);

/* A timed draw of this length took so many ticks of any clock. */
void choice_note(struct choice *choice, enum choice_call call, size_t length, uint64_t ticks);

/* Begins a new trial. */
void choice_again(struct choice *choice);

#endif
