/*
 * See slots.h. How often is simulated, with stacks as C libraries and runtimes lay them out; the
 * price is measured, with threads whose stacks are put where they meet or do not meet.
 */
#include "slots.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "bench/compare.h"
#include "linux_slot.h"
#include "random.h"

/* ---- How often ---- */

enum { MOST_THREADS = 1024, TRIALS = 4000 };

/* From one thread's stack to the next one's, guard pages included: threads that are started one
 * after the other get neighbouring mappings. */
static const struct layout {
    const char *what;
    size_t spacing; /* 0: anywhere */
} layouts[] = {
    {"at random: what a hash can reach", 0},
    {"glibc, and Go with cgo: 8 MiB, 4 KiB guard", (8 << 20) + 4096},
    {"Java (-Xss1m): 1 MiB, 4 KiB guard", (1 << 20) + 4096},
    {"musl: 128 KiB, 8 KiB guard, thread", (128 << 10) + 8192 + 4096},
    {"small stacks of 64 KiB, 4 KiB guard", (64 << 10) + 4096},
    {"small stacks of 16 KiB, no guard", 16 << 10},
};

static uint64_t next_number(void)
{
    static uint64_t state = 1; /* the same in every run: splitmix64 */
    uint64_t mixed = state += UINT64_C(0x9e3779b97f4a7c15);

    mixed = (mixed ^ mixed >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ mixed >> 27) * UINT64_C(0x94d049bb133111eb);
    return mixed ^ mixed >> 31;
}

static uintptr_t any_page(void)
{
    return (next_number() >> 18 << 12) & 0x7fffffffffff;
}

/* Of so many draws at one moment, by as many of the threads, those that find the slot that they try
 * first taken; each then takes the next that is free, as the shim does. */
static unsigned int meetings(const uintptr_t *stacks, unsigned int threads, unsigned int at_once)
{
    bool busy[SLOTS] = {false}, drawing[MOST_THREADS] = {false};
    unsigned int count = 0;

    for (unsigned int i = 0; i < at_once; i++) {
        unsigned int thread = (unsigned int)(next_number() % threads);
        size_t slot;

        while (drawing[thread])
            thread = (thread + 1) % threads;
        drawing[thread] = true;
        slot = slot_of_stack(stacks[thread]);
        count += busy[slot];
        for (size_t tried = 0; busy[slot] && tried < SLOTS; tried++)
            slot = (slot + 1) % SLOTS;
        busy[slot] = true;
    }
    return count;
}

/* A percentage. */
static double rate(const struct layout *layout, unsigned int threads, unsigned int at_once)
{
    uintptr_t stacks[MOST_THREADS];
    unsigned long count = 0;

    for (int trial = 0; trial < TRIALS; trial++) {
        const uintptr_t top = any_page();

        for (unsigned int i = 0; i < threads; i++)
            stacks[i] = layout->spacing ? top - i * layout->spacing : any_page();
        count += meetings(stacks, threads, at_once);
    }
    return 100.0 * (double)count / TRIALS / at_once;
}

static void print_rates(void)
{
    static const struct {
        unsigned int threads, at_once;
    } loads[] = {{2, 2}, {4, 4}, {8, 8}, {16, 16}, {64, 16}, {64, 64}, {1024, 16}, {1024, 64}};
    enum { LOADS = sizeof(loads) / sizeof(loads[0]) };

    printf("Draws that find the slot taken which they try first, of %d, in percent\n\n%-44s", SLOTS,
           "threads");
    for (size_t i = 0; i < LOADS; i++)
        printf(" %6u", loads[i].threads);
    printf("\n%-44s", "of which draw at one moment (processors)");
    for (size_t i = 0; i < LOADS; i++)
        printf(" %6u", loads[i].at_once);
    printf("\n");
    for (size_t i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++) {
        printf("%-44s", layouts[i].what);
        for (size_t j = 0; j < LOADS; j++)
            printf(" %6.1f", rate(&layouts[i], loads[j].threads, loads[j].at_once));
        printf("\n");
    }
}

/* ---- At what price ---- */

enum { SIZE = 32, WINDOWS = 41, STACK = 64 << 10, STACKS = 256, PAGE = 4096, MILLISECONDS = 20 };

static double now(clockid_t clock)
{
    struct timespec time;

    clock_gettime(clock, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static double time_of_draw(void)
{
    enum { CALLS = 20000 };
    unsigned char bytes[SIZE];
    double start = now(CLOCK_THREAD_CPUTIME_ID);

    for (int i = 0; i < CALLS; i++)
        random_fill(bytes, sizeof(bytes));
    return (now(CLOCK_THREAD_CPUTIME_ID) - start) / CALLS;
}

/* In a handler that has interrupted a draw: its slot, which this stack wants too, is taken. */
static unsigned char *barred;
static double with_slot_taken[WINDOWS];

static void measure_inside(int signal)
{
    (void)signal;
    for (int i = 0; i < WINDOWS; i++)
        with_slot_taken[i] = time_of_draw();
    mprotect(barred, PAGE, PROT_READ | PROT_WRITE);
}

static void print_price_of_next(void)
{
    double with_slot_free[WINDOWS];

    barred = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (int i = 0; i < WINDOWS; i++)
        with_slot_free[i] = time_of_draw();
    signal(SIGSEGV, measure_inside);
    random_fill(barred, SIZE);
    signal(SIGSEGV, SIG_DFL);
    munmap(barred, PAGE);
    printf("  one thread, first slot free   %6.1f ns\n"
           "  one thread, first slot taken  %6.1f ns\n",
           bench_median(with_slot_free, WINDOWS), bench_median(with_slot_taken, WINDOWS));
}

static _Atomic bool stop;

static void *keep_drawing(void *count)
{
    unsigned char bytes[SIZE];
    unsigned long calls = 0;

    while (!atomic_load_explicit(&stop, memory_order_relaxed)) {
        random_fill(bytes, sizeof(bytes));
        calls++;
    }
    *(unsigned long *)count = calls;
    return NULL;
}

/* Nanoseconds of the clock a draw, of two threads on these stacks. */
static double time_of_two(unsigned char *one, unsigned char *other)
{
    const struct timespec window = {.tv_nsec = MILLISECONDS * 1000000L};
    unsigned char *stacks[2] = {one, other};
    unsigned long counts[2] = {1, 0};
    pthread_t threads[2];
    pthread_attr_t attributes;
    double start;

    stop = false;
    for (int i = 0; i < 2; i++) {
        pthread_attr_init(&attributes);
        pthread_attr_setstack(&attributes, stacks[i], STACK);
        if (pthread_create(&threads[i], &attributes, keep_drawing, &counts[i]) != 0)
            abort();
        pthread_attr_destroy(&attributes);
    }
    start = now(CLOCK_MONOTONIC);
    nanosleep(&window, NULL);
    stop = true;
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    return 2 * (now(CLOCK_MONOTONIC) - start) / (double)(counts[0] + counts[1]);
}

/* Of those behind the first, the one whose thread tries the same slot first, or one whose thread
 * tries another. A thread begins in the uppermost 16 KiB of its stack. */
static unsigned char *stack_that(unsigned char *stacks, bool meets)
{
    const uintptr_t top = STACK - PAGE;

    for (size_t i = 1; i < STACKS; i++)
        if (meets == (slot_of_stack((uintptr_t)(stacks + i * STACK) + top) ==
                      slot_of_stack((uintptr_t)stacks + top)))
            return stacks + i * STACK;
    abort();
}

static void print_price_of_meeting(void)
{
    unsigned char *stacks = mmap(NULL, (size_t)STACKS * STACK, PROT_READ | PROT_WRITE,
                                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    double apart[WINDOWS], meeting[WINDOWS];

    if (stacks == MAP_FAILED)
        abort();
    for (int i = 0; i < WINDOWS; i++) {
        apart[i] = time_of_two(stacks, stack_that(stacks, false));
        meeting[i] = time_of_two(stacks, stack_that(stacks, true));
    }
    munmap(stacks, (size_t)STACKS * STACK);
    printf("  two threads, slots of their own %4.1f ns\n"
           "  two threads, the same first   %6.1f ns\n",
           bench_best(apart, WINDOWS, false), bench_best(meeting, WINDOWS, false));
}

int slots_all(void)
{
    static struct random_tally tallies[RANDOM_STRIPES];

    print_rates();
    if (random_start(RANDOM_VDSO, tallies, NULL) != 0 || random_source() != RANDOM_VDSO) {
        fprintf(stderr, "the price cannot be measured: this kernel's vDSO has no getrandom()\n");
        return 1;
    }
    printf("\nThe price: a draw of %d bytes, %ld processors\n\n", SIZE,
           sysconf(_SC_NPROCESSORS_ONLN));
    print_price_of_next();
    print_price_of_meeting();
    return 0;
}
