/*
 * moments KIND: draws at moments that are hard on a lock and on memory of a thread's own.
 *
 *   storm         64 MiB at once, while signals come whose handler draws too
 *   threads       10,000 threads that draw once and end
 *   jumps         a signal handler leaves draws by siglongjmp()
 *   cancels       threads are cancelled in the middle of draws
 *   destructors   draws when a thread's storage, and when the program's, is destroyed
 */
#include <openssl/rand.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/time.h>
#include <time.h>

#include "show.h"

enum { KEPT = 1 << 20, WORD = sizeof(uint64_t), SECONDS = 100 };

static uint64_t kept[KEPT];
static volatile size_t kept_count;

static void keep_draw(void)
{
    uint64_t word = 0;

    need(RAND_bytes((unsigned char *)&word, WORD) == 1, "RAND_bytes");
    if (kept_count < KEPT)
        kept[kept_count++] = word;
}

static void show_kept(void)
{
    printf("draws=%zu\nworthless=%zu\n", kept_count, worthless(kept, kept_count));
}

static void every(int microseconds, void (*handler)(int))
{
    const struct itimerval timer = {{0, microseconds}, {0, microseconds}};
    const struct sigaction action = {.sa_handler = handler};

    need(sigaction(SIGALRM, &action, NULL) == 0, "sigaction");
    need(setitimer(ITIMER_REAL, &timer, NULL) == 0, "setitimer");
}

static void no_more_signals(void)
{
    every(0, SIG_IGN);
}

static bool in_time(void)
{
    static time_t end;
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    if (!end)
        end = now.tv_sec + SECONDS;
    return now.tv_sec < end;
}

/* ---- storm ---- */

enum { STORM_PERIOD = 300, STORM_DRAW = 64 << 20, BLOCK = 64 };

static volatile sig_atomic_t signals;
static unsigned char in_handler[SHOWN]; /* the first one, which has room in the ledger */

static void draw_in_handler(int number)
{
    unsigned char bytes[SHOWN];

    (void)number;
    need(RAND_bytes(bytes, SHOWN) == 1, "a handler's draw");
    if (signals++ == 0)
        memcpy(in_handler, bytes, SHOWN);
}

/* Unfilled places are zeros; a key stream used twice shows in blocks of its size. */
static size_t worthless_blocks(const unsigned char *bytes)
{
    size_t count = STORM_DRAW / BLOCK;

    for (size_t i = 0; i < count; i++)
        memcpy(&kept[i], bytes + i * BLOCK, WORD);
    return worthless(kept, count);
}

static void storm(void)
{
    unsigned char *bytes = calloc(1, STORM_DRAW);

    need(bytes != NULL, "calloc");
    every(STORM_PERIOD, draw_in_handler);
    need(RAND_bytes(bytes, STORM_DRAW) == 1, "a large draw under signals");
    no_more_signals();
    printf("signals=%d\nworthless=%zu\n", (int)signals, worthless_blocks(bytes));
    show("tail", bytes + STORM_DRAW - SHOWN, SHOWN);
    show("handler", in_handler, SHOWN);
    free(bytes);
}

/* ---- threads ---- */

enum { SHORT_THREADS = 10000, AT_ONCE = 20 };

static void *draw_once(void *place)
{
    need(RAND_bytes(place, WORD) == 1, "a thread's draw");
    return NULL;
}

static void run_batch(uint64_t *places)
{
    pthread_t threads[AT_ONCE];

    for (int i = 0; i < AT_ONCE; i++)
        need(pthread_create(&threads[i], NULL, draw_once, &places[i]) == 0, "pthread_create");
    for (int i = 0; i < AT_ONCE; i++)
        pthread_join(threads[i], NULL);
}

static long pages_mapped(void)
{
    FILE *file = fopen("/proc/self/statm", "re");
    long pages = 0;

    need(file && fscanf(file, "%ld", &pages) == 1, "reading /proc/self/statm");
    fclose(file);
    return pages;
}

static void threads(void)
{
    enum { WARM = SHORT_THREADS / 2 };
    long before;

    for (size_t i = 0; i < WARM; i += AT_ONCE)
        run_batch(&kept[i]);
    before = pages_mapped();
    for (size_t i = WARM; i < SHORT_THREADS; i += AT_ONCE)
        run_batch(&kept[i]);
    printf("grown=%ld\n", pages_mapped() - before);
    show("thread", (unsigned char *)&kept[SHORT_THREADS - 1], WORD);
    kept_count = SHORT_THREADS;
    show_kept();
}

/* ---- jumps ---- */

enum { JUMP_PERIOD = 50, JUMPS = 2000 };

static sigjmp_buf outside;
static volatile sig_atomic_t jumps;
static volatile sig_atomic_t may_jump;

static void jump(int number)
{
    (void)number;
    if (may_jump)
        siglongjmp(outside, 1);
}

/* A draw that was left gives its slot back to nobody; in the end the system call serves. */
static void leave_draws(void)
{
    every(JUMP_PERIOD, jump);
    if (sigsetjmp(outside, 1) != 0)
        jumps++;
    may_jump = 0;
    while (jumps < JUMPS && in_time()) {
        uint64_t word = 0;

        may_jump = 1;
        need(RAND_bytes((unsigned char *)&word, WORD) == 1, "a draw");
        may_jump = 0;
        if (kept_count < KEPT)
            kept[kept_count++] = word;
    }
    no_more_signals();
}

/* The first draw wakes OpenSSL, as it does on stock: who leaves that leaves malloc(). */
static void after_jumps(void)
{
    keep_draw();
    leave_draws();
    for (int i = 0; i < 1000; i++)
        keep_draw();
    printf("jumps=%d\nwithout a slot=%zu\n", (int)jumps, draws_served(0));
    show_draw("after", RAND_bytes, SHOWN);
    show_kept();
}

/* ---- cancels ---- */

/* A cancellation may be late on a busy machine: all draws together must find room in the ledger. */
enum { CANCELS = 200, MOST_BEFORE = 20, MOST_DRAWS = 8000 };

static _Atomic int drawn;
static _Atomic int cleaned;

static void clean(void *unused)
{
    (void)unused;
    cleaned++;
}

static void *draw_until_cancelled(void *unused)
{
    unsigned char bytes[SHOWN];

    pthread_cleanup_push(clean, NULL);
    pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
    while (RAND_bytes(bytes, SHOWN) == 1 && drawn < MOST_DRAWS)
        drawn++;
    if (drawn == MOST_DRAWS)
        for (;;)
            pause();
    pthread_cleanup_pop(0);
    return unused;
}

/* Whether the thread ended as a cancelled one does. */
static bool cancel_in_draw(int draws_before)
{
    pthread_t thread;
    void *result = NULL;

    drawn = 0;
    need(pthread_create(&thread, NULL, draw_until_cancelled, NULL) == 0, "pthread_create");
    while (drawn < draws_before && in_time())
        sched_yield();
    need(pthread_cancel(thread) == 0, "pthread_cancel");
    pthread_join(thread, &result);
    return result == PTHREAD_CANCELED;
}

static void cancels(void)
{
    int cancelled = 0;

    for (int i = 0; i < CANCELS; i++) {
        cancelled += cancel_in_draw(i % MOST_BEFORE + 1);
        keep_draw();
    }
    printf("cancelled=%d\ncleaned=%d\nwithout a slot=%zu\n", cancelled, cleaned, draws_served(0));
    show_draw("after", RAND_bytes, SHOWN);
    show_kept();
}

/* ---- destructors ---- */

static bool wants_destructors;

static void draw_at_thread_end(void *unused)
{
    (void)unused;
    show_draw("thread's storage", RAND_bytes, SHOWN);
}

static void *hold_storage(void *key)
{
    pthread_setspecific(*(pthread_key_t *)key, key);
    return NULL;
}

static void destructors(void)
{
    pthread_key_t key;
    pthread_t thread;

    wants_destructors = true;
    need(pthread_key_create(&key, draw_at_thread_end) == 0, "pthread_key_create");
    need(pthread_create(&thread, NULL, hold_storage, &key) == 0, "pthread_create");
    pthread_join(thread, NULL);
}

/* 101 is the last one of the program, after all that has been registered with atexit(). */
__attribute__((destructor(101))) static void draw_at_program_end(void)
{
    if (!wants_destructors)
        return;
    show_draw("program", RAND_bytes, SHOWN);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    const char *kind = argc > 1 ? argv[1] : "";

    if (strcmp(kind, "storm") == 0)
        storm();
    else if (strcmp(kind, "threads") == 0)
        threads();
    else if (strcmp(kind, "jumps") == 0)
        after_jumps();
    else if (strcmp(kind, "cancels") == 0)
        cancels();
    else
        destructors();
    return 0;
}
