/*
 * The vDSO's pool of slots under contention: threads, tasks that share their memory and even the
 * thread pointer, and more draws at once than there are slots.
 */
#include <criterion/criterion.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "draws.h"
#include "fault.h"
#include "notices.h"
#include "random.h"

TestSuite(pool, .timeout = 120);

static struct random_tally tallies[RANDOM_STRIPES];

static struct random_tally whole(void)
{
    struct random_tally sum = {0};

    for (int i = 0; i < RANDOM_STRIPES; i++) {
        sum.draws += tallies[i].draws;
        sum.bytes += tallies[i].bytes;
    }
    return sum;
}

static void counted(uint64_t draws, uint64_t bytes)
{
    struct random_tally sum = whole();

    cr_assert(sum.draws == draws && sum.bytes == bytes,
              "%lu draws of %lu bytes are counted as %lu of %lu", (unsigned long)draws,
              (unsigned long)bytes, (unsigned long)sum.draws, (unsigned long)sum.bytes);
}

struct share {
    struct draw *draws;
    size_t count;
    int error;
};

static int fill_share(void *argument)
{
    struct share *share = argument;

    for (size_t i = 0; i < share->count && share->error == 0; i++)
        share->error = random_fill(&share->draws[i], sizeof(struct draw));
    return 0;
}

static void *fill_share_in_thread(void *share)
{
    fill_share(share);
    return NULL;
}

/* More threads than slots, so that some must meet. */
Test(pool, gives_no_two_threads_the_same_bytes)
{
    enum { THREADS = 96, EACH = 16000, ALL = THREADS * EACH };
    pthread_t threads[THREADS];
    struct share shares[THREADS];
    struct draw *draws = draws_new(ALL);

    start_vdso(tallies);
    for (int i = 0; i < THREADS; i++) {
        shares[i] = (struct share){.draws = draws + i * EACH, .count = EACH};
        cr_assert(pthread_create(&threads[i], NULL, fill_share_in_thread, &shares[i]) == 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        cr_assert(shares[i].error == 0);
    }
    counted(ALL, ALL * sizeof(struct draw));
    cr_assert(draws_worthless(draws, ALL) == 0, "threads were given the same keys, or zeros");
    cr_assert(random_source() == RANDOM_VDSO);
}

/* As vfork-like and runtime-made tasks are: one memory, one thread pointer, no pthread_create().
 * Their stacks lie so close together that all of them want the same slot. */
Test(pool, gives_no_two_tasks_of_one_memory_the_same_bytes)
{
    enum { TASKS = 4, EACH = 200000, ALL = TASKS * EACH, STACK = 4096 };
    static _Alignas(TASKS * STACK) char stacks[TASKS][STACK];
    struct share shares[TASKS];
    pid_t tasks[TASKS];
    struct draw *draws = draws_new(ALL);

    start_vdso(tallies);
    for (int i = 0; i < TASKS; i++) {
        shares[i] = (struct share){.draws = draws + i * EACH, .count = EACH};
        tasks[i] = clone(fill_share, stacks[i] + STACK, CLONE_VM | CLONE_FS | CLONE_FILES | SIGCHLD,
                         &shares[i]);
        cr_assert(tasks[i] > 0);
    }
    for (int i = 0; i < TASKS; i++) {
        int status = -1;

        cr_assert(waitpid(tasks[i], &status, 0) == tasks[i] && status == 0);
        cr_assert(shares[i].error == 0);
    }
    counted(ALL, ALL * sizeof(struct draw));
    cr_assert(draws_worthless(draws, ALL) == 0, "tasks were given the same keys, or zeros");
}

static void *draw_mixed(void *unused)
{
    unsigned char bytes[3000];

    for (int i = 0; i < 1000; i++)
        for (size_t length = 1; length < sizeof(bytes); length *= 9)
            random_fill(bytes, length);
    return unused;
}

static void count_mixed(enum random_source source)
{
    enum { THREADS = 8 };
    pthread_t threads[THREADS];

    cr_assert(random_start(source, tallies, keep_notice) == 0);
    for (int i = 0; i < THREADS; i++)
        cr_assert(pthread_create(&threads[i], NULL, draw_mixed, NULL) == 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    counted(THREADS * 1000 * 4, THREADS * 1000 * (1 + 9 + 81 + 729));
    cr_assert(random_fill(&(char[2048]){0}, 2048) == 0);
    counted(THREADS * 1000 * 4 + 1, THREADS * 1000 * (1 + 9 + 81 + 729) + 2048);
}

Test(pool, counts_each_draw_once)
{
    count_mixed(RANDOM_AUTO);
}

Test(pool, of_none_counts_each_draw_once)
{
    count_mixed(RANDOM_GETRANDOM);
}

static struct draw *plain_draw;

/* Draws that ask for their slot's first key wait in the middle of it, with the slot held. */
static long hold_others(const struct seccomp_data *call, unsigned int nth)
{
    return call->args[0] == (uintptr_t)plain_draw && nth < UINT_MAX ? FAULT_PASS : FAULT_HOLD;
}

Test(pool, with_every_slot_busy_leaves_a_draw_to_the_system_call)
{
    enum { THREADS = RANDOM_STRIPES - 1, ALL = THREADS + 1 };
    pthread_t threads[THREADS];
    struct share shares[THREADS];
    struct draw *draws = draws_new(ALL);
    int error;

    start_vdso(tallies);
    plain_draw = &draws[THREADS];
    fault_watch(hold_others, 1, SYS_getrandom);
    for (int i = 0; i < THREADS; i++) {
        shares[i] = (struct share){.draws = draws + i, .count = 1};
        cr_assert(pthread_create(&threads[i], NULL, fill_share_in_thread, &shares[i]) == 0);
    }
    fault_await_held(THREADS);
    fault_forget_trace();
    error = random_fill(plain_draw, sizeof(struct draw));
    cr_assert_str_eq(fault_trace(), "getrandom");
    fault_release();

    cr_assert(error == 0, "a draw failed because others were busy: %s", strerror(error));
    cr_assert(random_source() == RANDOM_VDSO, "a busy moment made the program slow for good");
    cr_assert_str_eq(notices(), "");
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    counted(ALL, ALL * sizeof(struct draw));
    cr_assert(draws_worthless(draws, ALL) == 0);
}
