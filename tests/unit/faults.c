/*
 * Sources that fail: the same draw is served by the next one, and nothing is lost for good.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/syscall.h>

#include "draws.h"
#include "fault.h"
#include "notices.h"
#include "random.h"

TestSuite(faults, .timeout = 120);

/* Broken after the start: one notice, and /dev/urandom is the source from then on. */
static void survive(enum random_source source, int error, const char *notice)
{
    cr_assert(random_start(source, NULL, keep_notice) == 0);
    draw_served(2000);
    fault_block(SYS_getrandom, error);
    draw_served(2000);
    cr_assert_str_eq(notices(), notice);
    cr_assert(random_source() == RANDOM_URANDOM, "later draws begin with the lost source %s",
              random_source_name(random_source()));
    draw_served(16);
    draw_served(64 << 10);
    cr_assert_str_eq(notices(), notice, "one loss is told more than once");
}

Test(faults, a_getrandom_that_is_gone_costs_no_draw)
{
    survive(RANDOM_GETRANDOM, ENOSYS, "lost getrandom ENOSYS");
}

Test(faults, a_getrandom_that_a_sandbox_forbids_costs_no_draw)
{
    survive(RANDOM_GETRANDOM, EPERM, "lost getrandom EPERM");
}

Test(faults, a_getrandom_that_breaks_costs_no_draw)
{
    survive(RANDOM_GETRANDOM, EIO, "lost getrandom EIO");
}

Test(faults, a_getentropy_that_is_forbidden_costs_no_draw)
{
    survive(RANDOM_GETENTROPY, EPERM, "lost getentropy EPERM");
}

Test(faults, a_vdso_whose_system_call_is_forbidden_before_its_first_key_costs_no_draw)
{
    start_vdso(NULL);
    fault_block(SYS_getrandom, EPERM);
    draw_served(16);
    cr_assert_str_eq(notices(), "lost vdso EPERM");
    cr_assert(random_source() == RANDOM_URANDOM);
    draw_served(1024);
    draw_served(1 << 20);
    cr_assert_str_eq(notices(), "lost vdso EPERM");
}

Test(faults, the_vdso_with_a_key_serves_on_in_a_sandbox_and_large_draws_too)
{
    start_vdso(NULL);
    draw_served(16);
    fault_block(SYS_getrandom, EPERM);
    draw_served(1 << 20);
    draw_served(16);
}

static long forbidden_and_pass(const struct seccomp_data *call, unsigned int nth)
{
    return call->nr == SYS_getrandom && nth < UINT_MAX ? -EPERM : FAULT_PASS;
}

Test(faults, a_lost_source_is_not_asked_again)
{
    unsigned char bytes[32];

    cr_assert(random_start(RANDOM_GETRANDOM, NULL, keep_notice) == 0);
    fault_watch(forbidden_and_pass, 3, SYS_getrandom, SYS_openat, SYS_read);
    cr_assert(random_fill(bytes, sizeof(bytes)) == 0);
    cr_assert(strncmp(fault_trace(), "getrandom:EPERM openat", 22) == 0, "seen: %s", fault_trace());
    fault_forget_trace();
    cr_assert(random_fill(bytes, sizeof(bytes)) == 0);
    cr_assert_str_eq(fault_trace(), "read", "each draw pays for the source that is lost");
}

static void start_without(enum random_source wanted, int error, const char *notice)
{
    fault_block(SYS_getrandom, error);
    cr_assert(random_start(wanted, NULL, keep_notice) == 0, "no start in a sandbox");
    cr_assert(random_source() == RANDOM_URANDOM, "begins with %s, which fails",
              random_source_name(random_source()));
    cr_assert_str_eq(notices(), notice);
    draw_served(16);
    draw_served(64 << 10);
    cr_assert_str_eq(notices(), notice);
}

Test(faults, auto_starts_in_a_sandbox_without_a_word)
{
    start_without(RANDOM_AUTO, EPERM, "");
}

Test(faults, auto_starts_on_an_old_kernel_without_a_word)
{
    start_without(RANDOM_AUTO, ENOSYS, "");
}

Test(faults, a_wanted_getrandom_that_does_not_start_is_told)
{
    start_without(RANDOM_GETRANDOM, ENOSYS, "lost getrandom ENOSYS");
}

Test(faults, a_wanted_getentropy_that_does_not_start_is_told)
{
    start_without(RANDOM_GETENTROPY, EPERM, "lost getentropy EPERM");
}

static void *draw_in_thread(void *unused)
{
    unsigned char bytes[64];

    for (int i = 0; i < 1000; i++)
        if (random_fill(bytes, sizeof(bytes)) != 0)
            return (void *)draw_in_thread;
    return unused;
}

Test(faults, threads_that_lose_a_source_at_once_are_all_served_and_tell_it_once)
{
    pthread_t threads[8];
    void *failed = NULL;

    cr_assert(random_start(RANDOM_GETRANDOM, NULL, keep_notice) == 0);
    fault_block(SYS_getrandom, EPERM);
    for (int i = 0; i < 8; i++)
        cr_assert(pthread_create(&threads[i], NULL, draw_in_thread, NULL) == 0);
    for (int i = 0; i < 8; i++) {
        pthread_join(threads[i], &failed);
        cr_assert(failed == NULL, "a thread was left without bytes");
    }
    cr_assert_str_eq(notices(), "lost getrandom EPERM");
    cr_assert(random_source() == RANDOM_URANDOM);
}
