/*
 * See measure.h. One thread is timed by its processor time, which other programs' work does
 * not lengthen; threads are timed by the clock, for they may wait for each other.
 */
#include "measure.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/bare_vdso.h"
#include "footprint.h"
#include "pin.h"

enum { BATCH = 32 };

static bool vdso_loop(const struct bench_place *place, size_t size, unsigned long calls)
{
    for (unsigned long i = 0; i < calls; i++)
        if (!bare_vdso_draw(place->state, place->buffer, size))
            return false;
    return true;
}

/* What a draw must do beyond the bare call, whoever writes it: take a state and give it back. */
static bool locked_loop(const struct bench_place *place, size_t size, unsigned long calls)
{
    static _Alignas(64) _Atomic uint32_t busy;

    for (unsigned long i = 0; i < calls; i++) {
        uint32_t idle = 0;

        if (!atomic_compare_exchange_strong_explicit(&busy, &idle, 1, memory_order_acquire,
                                                     memory_order_relaxed) ||
            !vdso_loop(place, size, 1))
            return false;
        atomic_store_explicit(&busy, 0, memory_order_release);
    }
    return true;
}

/* Through the C library's syscall(), for its getrandom() is the vDSO's since 2.41. */
static bool syscall_loop(const struct bench_place *place, size_t size, unsigned long calls)
{
    for (unsigned long i = 0; i < calls; i++)
        if (syscall(SYS_getrandom, place->buffer, size, 0) != (long)size)
            return false;
    return true;
}

static const struct bench_task bare_tasks[] = {
    {"vdso", vdso_loop}, {"locked", locked_loop}, {"syscall", syscall_loop}, {NULL, NULL}};

static bench_loop *find_task(const struct bench_task *tasks, const char *name)
{
    for (; tasks->name; tasks++)
        if (strcmp(tasks->name, name) == 0)
            return tasks->loop;
    return NULL;
}

static double seconds_of(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static bool place_new(struct bench_place *place, size_t size)
{
    *place = (struct bench_place){.buffer = calloc(1, size + 1)};
    if (!place->buffer)
        return false;
    place->state = bare_vdso_state();
    return place->state || !bare_vdso.call;
}

static void place_free(struct bench_place *place)
{
    free(place->buffer);
    if (place->state)
        munmap(place->state, BARE_VDSO_PAGE);
}

/* ---- Threads ---- */

struct thread {
    _Alignas(64) _Atomic unsigned long calls; /* so far */
    struct bench_place place;
    bench_loop *loop;
    size_t size;
    pthread_t id;
};

static struct thread threads[BENCH_MOST_THREADS];
static atomic_bool stop, failed;
static pthread_barrier_t ready;

static void *keep_calling(void *argument)
{
    struct thread *thread = argument;
    unsigned long batch = thread->size > 4096 ? 1 : BATCH;

    pthread_barrier_wait(&ready);
    while (!atomic_load_explicit(&stop, memory_order_relaxed)) {
        if (!thread->loop(&thread->place, thread->size, batch)) {
            failed = true;
            break;
        }
        atomic_fetch_add_explicit(&thread->calls, batch, memory_order_relaxed);
    }
    return NULL;
}

static unsigned long calls_of_all(size_t count)
{
    unsigned long calls = 0;

    for (size_t i = 0; i < count; i++)
        calls += atomic_load_explicit(&threads[i].calls, memory_order_relaxed);
    return calls;
}

static double calls_in_window(size_t count, long milliseconds)
{
    struct timespec window = {.tv_sec = milliseconds / 1000,
                              .tv_nsec = milliseconds % 1000 * 1000000};
    unsigned long calls;
    double start;

    pthread_barrier_wait(&ready);
    start = seconds_of(CLOCK_MONOTONIC);
    calls = calls_of_all(count);
    clock_nanosleep(CLOCK_MONOTONIC, 0, &window, NULL);
    calls = calls_of_all(count) - calls;
    return (double)calls / (seconds_of(CLOCK_MONOTONIC) - start);
}

/* Threads that could not be started end the program: the others wait for them. */
static double rate_of(bench_loop *loop, size_t size, size_t count, long milliseconds)
{
    double rate;

    bench_unpin();
    stop = failed = false;
    pthread_barrier_init(&ready, NULL, (unsigned int)count + 1);
    for (size_t i = 0; i < count; i++) {
        threads[i].calls = 0;
        threads[i].loop = loop;
        threads[i].size = size;
        if (!place_new(&threads[i].place, size) ||
            pthread_create(&threads[i].id, NULL, keep_calling, &threads[i]) != 0) {
            printf("error no thread %zu\n", i + 1);
            exit(1);
        }
    }
    rate = calls_in_window(count, milliseconds);
    stop = true;
    for (size_t i = 0; i < count; i++) {
        pthread_join(threads[i].id, NULL);
        place_free(&threads[i].place);
    }
    pthread_barrier_destroy(&ready);
    return failed ? -1 : rate;
}

/* ---- Commands ---- */

static double time_of(bench_loop *loop, size_t size, unsigned long calls)
{
    struct bench_place place;
    double seconds = -1;

    bench_pin();
    if (place_new(&place, size) && loop(&place, size, 1)) {
        double start = seconds_of(CLOCK_THREAD_CPUTIME_ID);

        if (loop(&place, size, calls))
            seconds = seconds_of(CLOCK_THREAD_CPUTIME_ID) - start;
    }
    place_free(&place);
    return seconds < 0 ? -1 : seconds * 1e9 / (double)calls;
}

static double obey(const struct bench_task *tasks, const char *line)
{
    char verb[16], name[32];
    unsigned long size = 0, first = 0;
    long milliseconds = 0;
    bench_loop *loop;
    int words = sscanf(line, "%15s %31s %lu %lu %ld", verb, name, &size, &first, &milliseconds);

    if (words == 1 && strcmp(verb, "memory") == 0)
        return (double)bench_memory_of_shim();
    if (words < 4 || first == 0)
        return -1;
    loop = find_task(tasks, name);
    if (!loop)
        loop = find_task(bare_tasks, name);
    if (!loop)
        return -1;
    if (words == 4 && strcmp(verb, "time") == 0)
        return time_of(loop, size, first);
    if (words == 5 && strcmp(verb, "rate") == 0 && first <= BENCH_MOST_THREADS)
        return rate_of(loop, size, first, milliseconds);
    return -1;
}

int bench_serve(const struct bench_task *tasks)
{
    char line[128];

    bare_vdso_find();
    while (fgets(line, sizeof(line), stdin)) {
        double number = obey(tasks, line);

        if (number < 0)
            printf("error %s", line);
        else
            printf("%.6g\n", number);
        fflush(stdout);
    }
    return 0;
}
