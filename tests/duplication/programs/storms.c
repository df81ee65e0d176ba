/*
 * storms HOW COUNT: forks and shared memory at the worst moments, many times over.
 *
 *   threads   forks, with the process number kept, while other threads draw
 *   handler   forks from signal handlers that interrupted a draw
 *   drawing-handler   the same, and parent and child draw before they return from the handler
 *   tasks     draws in two tasks on one memory and one thread's storage, by clone(CLONE_VM)
 *
 * Prints the number of draws and how many of them are equal to another or all zero.
 */
#include <errno.h>
#include <openssl/rand.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "draws.h"

enum { SIZE = 16, SMALL = 8, LATER = 16, THREADS = 3, THREAD_DRAWS = 20000, STACK = 256 << 10 };

static void draw(void *value, int size)
{
    need(RAND_bytes(value, size) == 1, "RAND_bytes");
}

static int print_tally(void *values, size_t count, size_t size)
{
    struct tally tally = tally_of(values, count, size);

    printf("draws=%zu\nduplicates=%zu\nzeros=%zu\n", count, tally.duplicates, tally.zeros);
    fflush(stdout);
    return 0;
}

/* ---- threads ---- */

static _Atomic bool stop;

/* The last draws of each thread are kept: the ring turns until the forks are done. */
static void *draw_on(void *ring)
{
    unsigned char(*values)[SIZE] = ring;

    for (size_t i = 0; !stop || i < THREAD_DRAWS; i++)
        draw(values[i % THREAD_DRAWS], SIZE);
    return NULL;
}

static void draw_pair(unsigned char (*values)[SIZE])
{
    pid_t child = fork_in_new_namespace();
    unsigned char(*own)[SIZE] = child ? values : values + LATER;

    for (int i = 0; i < LATER; i++)
        draw(own[i], SIZE);
    if (child == 0)
        _exit(0);
    need_end(child, "the child");
}

static void fork_beside_threads(unsigned char (*values)[SIZE], size_t rounds)
{
    pthread_t threads[THREADS];

    draw(values, SIZE);
    for (int i = 0; i < THREADS; i++)
        need(pthread_create(&threads[i], NULL, draw_on,
                            values + 2 * LATER * rounds + (size_t)i * THREAD_DRAWS) == 0,
             "pthread_create");
    for (size_t round = 0; round < rounds; round++)
        draw_pair(values + 2 * LATER * round);
    stop = true;
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
}

static int threads(size_t rounds)
{
    size_t count = 2 * LATER * rounds + (size_t)THREADS * THREAD_DRAWS;
    void *values = shared_memory(count * SIZE);
    pid_t first = fork_in_new_namespace();

    if (first == 0) {
        fork_beside_threads(values, rounds);
        _exit(0);
    }
    need_end(first, "process 1");
    return print_tally(values, count, SIZE);
}

/* ---- handler: a draw whose bytes were all there when the fork came is complete, and shared by
 * nature; both processes put a new one in its place. ---- */

enum { AFTER = LATER / 2, EACH = 1 + LATER };

static volatile sig_atomic_t drawing, draws_in_handler;
static volatile pid_t child = -1;
static unsigned char interrupted[SIZE], at_fork[SIZE];
static unsigned char (*both)[SIZE]; /* EACH of the parent, EACH of the child, for this round */

static unsigned char (*own(void))[SIZE]
{
    return child == 0 ? both + EACH : both;
}

static void draw_some(int first, int end)
{
    for (int i = first; i < end; i++)
        draw(own()[i], SIZE);
}

static void fork_here(int signal)
{
    static const struct itimerval never;

    (void)signal;
    if (!drawing || child >= 0)
        return;
    setitimer(ITIMER_REAL, &never, NULL);
    memcpy(at_fork, interrupted, SIZE);
    child = (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
    if (draws_in_handler)
        draw_some(1, 1 + AFTER);
}

/* An alarm every 20 to 147 microseconds: one that comes between draws forks nothing. */
static void set_alarm(size_t round)
{
    suseconds_t delay = 20 + (suseconds_t)(round * 37 % 128);
    struct itimerval timer = {.it_interval = {0, delay}, .it_value = {0, delay}};

    setitimer(ITIMER_REAL, &timer, NULL);
}

/* Draws until a handler has forked within a draw. Both processes return. */
static void draw_until_forked(size_t round)
{
    child = -1;
    set_alarm(round);
    while (child < 0) {
        drawing = 1;
        draw(interrupted, SIZE);
        drawing = 0;
    }
}

/* Whether the fork came before the interrupted draw was complete. */
static bool fork_within_draw(size_t round)
{
    bool complete;

    draw_until_forked(round);
    complete = memcmp(interrupted, at_fork, SIZE) == 0;
    if (complete)
        draw(interrupted, SIZE);
    memcpy(own()[0], interrupted, SIZE);
    draw_some(draws_in_handler ? 1 + AFTER : 1, EACH);
    if (child == 0)
        _exit(0);
    need_end(child, "the child");
    return !complete;
}

static int handler(size_t rounds)
{
    unsigned char(*values)[SIZE] = shared_memory(2 * EACH * rounds * SIZE);
    struct sigaction action = {.sa_handler = fork_here};
    size_t within = 0, agreed = 0;

    sigaction(SIGALRM, &action, NULL);
    for (size_t round = 0; round < rounds; round++) {
        both = values + 2 * EACH * round;
        within += fork_within_draw(round);
        agreed += memcmp(both[0], both[EACH], SIZE) == 0;
    }
    printf("forks=%zu\ninterrupted=%zu\nagreed=%zu\n", rounds, within, agreed);
    return print_tally(values, 2 * EACH * rounds, SIZE);
}

static int drawing_handler(size_t rounds)
{
    draws_in_handler = 1;
    return handler(rounds);
}

/* ---- tasks: the second one's stack moves on by 16 KiB, for the shim keeps threads apart by their
 * stacks, and only those that it takes for one meet in one state. ---- */

enum { POSITIONS = 256, APART = 16 << 10 };

static size_t each;
static _Atomic unsigned int started;

static int draw_numbers(void *part)
{
    uint64_t *numbers = part;

    started++;
    while (started < 2)
        sched_yield();
    for (size_t i = 0; i < each; i++)
        if (RAND_bytes((unsigned char *)&numbers[i], SMALL) != 1)
            return 1;
    return 0;
}

static int tasks(size_t count)
{
    unsigned char *stack = shared_memory(STACK + POSITIONS * APART);
    uint64_t *numbers;
    pid_t task;

    each = count / POSITIONS / 2;
    numbers = shared_memory(2 * POSITIONS * each * SMALL);
    for (size_t i = 0; i < POSITIONS; i++) {
        uint64_t *both_parts = numbers + 2 * each * i;

        started = 0;
        task = clone(draw_numbers, stack + STACK + i * APART, CLONE_VM | SIGCHLD, both_parts);
        need(task > 0 && draw_numbers(both_parts + each) == 0, "RAND_bytes");
        need_end(task, "the other task");
    }
    return print_tally(numbers, 2 * POSITIONS * each, SMALL);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(size_t count);
    } ways[] = {{"threads", threads},
                {"handler", handler},
                {"drawing-handler", drawing_handler},
                {"tasks", tasks}};
    size_t count = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;

    for (size_t i = 0; count && i < sizeof(ways) / sizeof(ways[0]); i++)
        if (strcmp(argv[1], ways[i].name) == 0)
            return ways[i].run(count);
    fprintf(stderr, "storms threads|handler|drawing-handler|tasks COUNT\n");
    return 2;
}
