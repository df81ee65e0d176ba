/*
 * speed: nanoseconds that RAND_bytes() takes, a line "BYTES THREADS NANOSECONDS" for each size and
 * number of threads; a thread's time, so that threads that get in each other's way show. The least
 * of several short stretches: other work on the machine only ever adds.
 */
#include <openssl/rand.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { STRETCHES = 8, MOST_THREADS = 2, MOST_BYTES = 1 << 20, STRETCH = 4000000 /* ns */ };

static const size_t sizes[] = {16, 32, 256, 4096, 65536, MOST_BYTES};

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static double stretch(unsigned char *buffer, size_t size)
{
    double start = now(), end;
    long calls = 0;

    do {
        for (int i = 0; i < (size > 4096 ? 1 : 64); i++, calls++)
            if (RAND_bytes(buffer, (int)size) != 1)
                exit(1);
        end = now();
    } while (end - start < STRETCH);
    return (end - start) / (double)calls;
}

static pthread_barrier_t together;

struct task {
    size_t size;
    double least;
};

static void *measure(void *argument)
{
    struct task *task = argument;
    unsigned char *buffer = malloc(MOST_BYTES);

    task->least = 1e18;
    stretch(buffer, 16); /* the first draw of a thread makes its generator */
    for (int i = 0; i < STRETCHES; i++) {
        double time;

        pthread_barrier_wait(&together);
        time = stretch(buffer, task->size);
        task->least = time < task->least ? time : task->least;
    }
    free(buffer);
    return NULL;
}

int main(void)
{
    for (unsigned int threads = 1; threads <= MOST_THREADS; threads++)
        for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
            pthread_t ids[MOST_THREADS];
            struct task tasks[MOST_THREADS];
            double sum = 0;

            pthread_barrier_init(&together, NULL, threads);
            for (unsigned int t = 0; t < threads; t++) {
                tasks[t].size = sizes[i];
                if (pthread_create(&ids[t], NULL, measure, &tasks[t]) != 0)
                    return 1;
            }
            for (unsigned int t = 0; t < threads; t++) {
                pthread_join(ids[t], NULL);
                sum += tasks[t].least;
            }
            pthread_barrier_destroy(&together);
            printf("%zu %u %.0f\n", sizes[i], threads, sum / threads);
        }
    return 0;
}
