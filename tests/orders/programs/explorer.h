/*
 * All orders in which threads, signal handlers and a fork can meet in a piece of code.
 *
 * The code is compiled with -fsanitize=thread, whose calls at every access to memory are answered
 * here and not by that sanitizer: threads are coroutines of one thread, and before each access to
 * memory that more than one of them touches, every one of them may go on, or be interrupted. Orders
 * that come to the same state are followed on only once: a state is the memory that is shared,
 * what each thread has read so far, and what happened before what. So no order is left out, and
 * each is counted. Memory is as in one processor; where that may deceive, because two accesses are
 * not ordered by acquire and release and one is not atomic, that is an error.
 */
#ifndef OSRANDOM_TESTS_EXPLORER_H
#define OSRANDOM_TESTS_EXPLORER_H

#include <stddef.h>
#include <stdint.h>

enum { MOST_THREADS = 3 };

/* What comes at any step of any thread. */
enum event {
    EVENT_HANDLER, /* a signal handler, which returns */
    EVENT_JUMP,    /* one that does not, but jumps */
    EVENT_END,     /* the thread is ended where it is: cancelled. The handler is only told */
    EVENT_FORK,    /* a handler that forks; it goes on in the child, where no other thread is */
    EVENTS,
};

struct exploration {
    unsigned int threads;
    unsigned int events[EVENTS]; /* how many of each at most */
    unsigned int switches;       /* away from a thread that could go on, at most; 0: all */
    void (*begin)(void);         /* before each order: all memory as it was */
    void (*body)(unsigned int thread);
    void (*handler)(unsigned int thread, enum event event);
    void (*end)(void); /* after each */
};

struct explored {
    uint64_t states, runs;
    double orders;
};

struct explored explore(const struct exploration *exploration);

/* A step by itself: the byte is about to be written. */
void explorer_step(void *byte);

/* Chooses between so many: every one is followed. */
unsigned int explorer_any(unsigned int count);

/* Whose turn it is. */
unsigned int explorer_thread(void);

/* Memory was written otherwise than by the code. */
void explorer_refresh(void);

/* From anywhere: says what is wrong and in which order, and ends with 1. */
_Noreturn void explorer_fail(const char *what);

#endif
