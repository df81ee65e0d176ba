/*
 * soak PORT MASTER WORKERS SECONDS: a server's processes under full handshakes.
 *
 * The first half of the time its workers are left in peace, and must not grow; in the second half
 * the master is told to reload and workers are killed, by turns, and the master must not grow. A
 * handshake may fail only if a worker was killed meanwhile. Prints what was seen, in lines
 * name=value.
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

#include "soak.h"

enum { THREADS = 4, WARM_UP = 2, BETWEEN_MS = 250, MOST_POLLS = 3000 };

static struct handshakes handshakes;
static pid_t master;
static size_t workers_wanted;

struct figures {
    size_t memory, descriptors;
};

static void pause_ms(long ms)
{
    nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Waits until there are as many workers as there should be and the one is no longer among them. */
static bool settled(pid_t gone)
{
    pid_t children[MOST_WORKERS];

    for (int i = 0; i < MOST_POLLS; i++, pause_ms(10)) {
        size_t count = process_children(master, children);
        bool there = false;

        for (size_t j = 0; j < count; j++)
            there = there || children[j] == gone;
        if (!there && count == workers_wanted)
            return true;
    }
    return false;
}

static void reload_or_kill(int turn)
{
    pid_t children[MOST_WORKERS];

    if (turn % 2 == 0) {
        kill(master, SIGHUP);
        return;
    }
    if (process_children(master, children) == 0)
        return;
    handshakes.killed++;
    kill(children[0], SIGKILL);
    if (!settled(children[0]))
        fprintf(stderr, "a killed worker was not replaced\n");
    handshakes.killed++;
}

static int run_for(double seconds, bool disturbed)
{
    pthread_t threads[THREADS];
    double end = now() + seconds;
    int turns = 0;

    handshakes.stop = false;
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, handshakes_make, &handshakes);
    while (now() < end) {
        pause_ms(BETWEEN_MS);
        if (disturbed)
            reload_or_kill(turns++);
    }
    handshakes.stop = true;
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    return turns;
}

/* Of the workers or of the master, once the last connection is closed. */
static struct figures take_figures(bool of_master)
{
    pid_t processes[MOST_WORKERS] = {master};
    struct figures figures = {0}, before;
    size_t count = 1;

    if (!settled(0))
        fprintf(stderr, "the number of workers does not settle\n");
    for (int i = 0, same = 0; i < MOST_POLLS && same < 10; i++, pause_ms(10)) {
        before = figures;
        figures = (struct figures){0};
        if (!of_master)
            count = process_children(master, processes);
        for (size_t j = 0; j < count; j++) {
            figures.memory += process_memory(processes[j]);
            figures.descriptors += process_descriptors(processes[j]);
        }
        same = before.descriptors == figures.descriptors ? same + 1 : 0;
    }
    return figures;
}

static void print_growth(const char *whose, struct figures before, struct figures after)
{
    printf("%s memory before=%zu\n%s memory growth=%ld\n%s descriptors growth=%ld\n", whose,
           before.memory, whose, (long)after.memory - (long)before.memory, whose,
           (long)after.descriptors - (long)before.descriptors);
}

int main(int argc, char **argv)
{
    struct figures before;
    double seconds;
    int turns;

    if (argc < 5)
        return 2;
    signal(SIGPIPE, SIG_IGN); /* a killed worker's connections */
    handshakes.port = atoi(argv[1]);
    master = atoi(argv[2]);
    workers_wanted = (size_t)atoi(argv[3]);
    seconds = atof(argv[4]);
    handshakes.randoms = mmap(NULL, (size_t)MOST_HANDSHAKES * RANDOM_LENGTH, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (handshakes.randoms == MAP_FAILED)
        return 2;

    run_for(WARM_UP, false);
    before = take_figures(false);
    run_for(seconds / 2, false);
    print_growth("workers'", before, take_figures(false));
    printf("in peace=%zu\n", (size_t)handshakes.done);

    run_for(WARM_UP, true);
    before = take_figures(true);
    turns = run_for(seconds / 2, true);
    print_growth("master's", before, take_figures(true));
    printf("turns=%d\nhandshakes=%zu\nfailed=%zu\ncut=%zu\n", turns, (size_t)handshakes.done,
           (size_t)handshakes.failed, (size_t)handshakes.cut);
    printf("repeated=%zu\n", handshakes_repeated(&handshakes));
    return 0;
}
