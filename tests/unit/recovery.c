/*
 * No source at all, at the start or later: an error to the caller, and no permanent damage.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdatomic.h>
#include <sys/syscall.h>

#include "draws.h"
#include "fault.h"
#include "notices.h"
#include "random.h"

TestSuite(recovery, .timeout = 120);

static _Atomic bool broken;

static long all_broken(const struct seccomp_data *call, unsigned int nth)
{
    if (!broken || nth == UINT_MAX)
        return FAULT_PASS;
    return call->nr == SYS_getrandom ? -EPERM : -EMFILE;
}

/* No source at first, then all of them again. */
static void recover(enum random_source source, size_t length)
{
    unsigned char bytes[4096];
    int error;

    cr_assert(length <= sizeof(bytes));
    fault_watch(all_broken, 2, SYS_getrandom, SYS_openat);
    broken = true;
    error = random_start(source, NULL, keep_notice);
    cr_assert(error == EMFILE, "the start answers %d, not the last source's error", error);
    errno = ENOTTY;
    for (int i = 0; i < 3; i++) {
        error = random_fill(bytes, length);
        cr_assert(error == EMFILE, "a draw that no source serves answers %d", error);
    }
    cr_assert(errno == ENOTTY);
    broken = false;
    draw_served(length);
    draw_served(16);
    draw_served(2048);
}

Test(recovery, auto_recovers_from_a_start_without_any_source)
{
    recover(RANDOM_AUTO, 16);
}

Test(recovery, auto_recovers_from_a_start_without_any_source_by_a_large_draw)
{
    recover(RANDOM_AUTO, 4096);
}

Test(recovery, vdso_recovers_from_a_start_without_any_source)
{
    recover(RANDOM_VDSO, 16);
}

Test(recovery, getrandom_recovers_from_a_start_without_any_source)
{
    recover(RANDOM_GETRANDOM, 16);
}

Test(recovery, getentropy_recovers_from_a_start_without_any_source)
{
    recover(RANDOM_GETENTROPY, 16);
}

Test(recovery, urandom_recovers_from_a_start_without_any_source)
{
    recover(RANDOM_URANDOM, 16);
}

static void need_vdso(enum random_source asked)
{
    if (random_start(asked, NULL, keep_notice) != 0 || random_source() != RANDOM_VDSO)
        cr_skip_test("this kernel's vDSO has no getrandom (Linux 6.11)");
}

static void fail_and_recover(enum random_source source)
{
    unsigned char bytes[16];
    int error;

    cr_assert(random_start(source, NULL, keep_notice) == 0);
    fault_watch(all_broken, 2, SYS_getrandom, SYS_openat);
    broken = true;
    error = random_fill(bytes, sizeof(bytes));
    cr_assert(error == EMFILE, "a draw that no source serves answers %d", error);
    broken = false;
    draw_served(16);
    cr_assert(random_source() == source, "%s was given up though nothing else had served",
              random_source_name(source));
    cr_assert_str_eq(notices(), "");
}

Test(recovery, vdso_serves_again_after_a_draw_that_no_source_served)
{
    cr_assert(random_source() == RANDOM_AUTO);
    need_vdso(RANDOM_VDSO);
    fail_and_recover(RANDOM_VDSO);
}

Test(recovery, getrandom_serves_again_after_a_draw_that_no_source_served)
{
    fail_and_recover(RANDOM_GETRANDOM);
}

static _Atomic unsigned int large_calls;

static long large_refused(const struct seccomp_data *call, unsigned int nth)
{
    if (nth == UINT_MAX || call->args[1] < 2048)
        return FAULT_PASS;
    large_calls++;
    return -EPERM;
}

/* The vDSO, which has its keys from the system call, goes with it. */
Test(recovery, large_draws_leave_a_lost_getrandom_once_and_for_all)
{
    need_vdso(RANDOM_AUTO);
    fault_watch(large_refused, 1, SYS_getrandom);
    draw_served(64 << 10); /* its second piece is the system call's, to be timed */
    draw_served(16);
    draw_served(4096);
    draw_served(1 << 20);
    cr_assert(large_calls == 2, "%u calls were made that fail, not one by each source",
              large_calls);
    cr_assert_str_eq(notices(), "lost vdso EPERM", "the operator is not told: %s", notices());
    cr_assert(random_source() == RANDOM_URANDOM);
}
