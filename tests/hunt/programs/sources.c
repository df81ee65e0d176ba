/*
 * sources SOURCE: platform/ by itself in a storm of threads, for ThreadSanitizer and its kin.
 * Threads draw from the first moment, also while the sources are being started; signals interrupt
 * draws with draws of their own; and the descriptor of /dev/urandom is taken away meanwhile.
 */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "random.h"

/* More threads than the pool has slots, so that some must meet in one. */
enum { THREADS = 80, ROUNDS = 400, FIRST_TAKEN = 3, LAST_TAKEN = 12, TAKINGS = 300 };

static struct random_tally tallies[RANDOM_STRIPES];
static pthread_barrier_t ready;
static atomic_uint failed, noticed, handled;

static void note(enum random_notice notice, enum random_source source, int error)
{
    (void)notice;
    (void)source;
    (void)error;
    atomic_fetch_add(&noticed, 1);
    random_source(); /* as the shim does, for its status block */
}

static void draw_of(size_t length)
{
    unsigned char bytes[2048] = {0};

    if (random_fill(bytes, length) != 0)
        atomic_fetch_add(&failed, 1);
}

static void on_alarm(int signal)
{
    (void)signal;
    draw_of(16);
    atomic_fetch_add(&handled, 1);
}

static void *draw_on(void *unused)
{
    static const size_t lengths[] = {1, 16, 32, 48, 128, 129, 900, 2048};

    pthread_barrier_wait(&ready);
    for (size_t i = 0; i < ROUNDS; i++)
        draw_of(lengths[i % (sizeof(lengths) / sizeof(lengths[0]))]);
    return unused;
}

/* What a daemon does that closes all that it did not open, and opens files of its own. */
static void *take_descriptors(void *unused)
{
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    int mine = fcntl(null, F_DUPFD_CLOEXEC, LAST_TAKEN + 1);

    pthread_barrier_wait(&ready);
    for (int i = 0; i < TAKINGS; i++)
        for (int taken = FIRST_TAKEN; taken <= LAST_TAKEN; taken++)
            if (i % 2)
                close(taken);
            else
                dup2(mine, taken);
    return unused;
}

static enum random_source named(const char *name)
{
    enum random_source source = RANDOM_AUTO;

    while (source < RANDOM_URANDOM && strcmp(random_source_name(source), name) != 0)
        source++;
    return source;
}

int main(int argc, char **argv)
{
    struct sigaction action = {.sa_handler = on_alarm, .sa_flags = SA_RESTART};
    struct itimerval often = {.it_interval.tv_usec = 300, .it_value.tv_usec = 300};
    struct itimerval never = {.it_value.tv_usec = 0};
    enum random_source wanted = named(argc > 1 ? argv[1] : "auto");
    pthread_t threads[THREADS], taker;

    pthread_barrier_init(&ready, NULL, THREADS + 1 + (wanted == RANDOM_URANDOM));
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, draw_on, NULL);
    if (wanted == RANDOM_URANDOM)
        pthread_create(&taker, NULL, take_descriptors, NULL);
    sigaction(SIGALRM, &action, NULL);
    if (argc > 2)
        setitimer(ITIMER_REAL, &often, NULL);
    pthread_barrier_wait(&ready);
    if (random_start(wanted, tallies, note) != 0)
        return 1;
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    if (wanted == RANDOM_URANDOM)
        pthread_join(taker, NULL);
    setitimer(ITIMER_REAL, &never, NULL);
    printf("source=%s\nfailed=%u\nnoticed=%u\nhandled=%u\n", random_source_name(random_source()),
           failed, noticed, handled);
    /* Without a descriptor that stays, a draw may fail: it says so. */
    return failed != 0 && wanted != RANDOM_URANDOM;
}
