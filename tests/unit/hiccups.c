/*
 * Sources that are interrupted, come short, have no seed or serve nothing: what a draw makes of it.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <linux/random.h>
#include <string.h>
#include <sys/syscall.h>

#include "draws.h"
#include "fault.h"
#include "notices.h"
#include "random.h"

TestSuite(hiccups, .timeout = 120);

static long interrupted_five_times(const struct seccomp_data *call, unsigned int nth)
{
    return call && nth < 5 ? -EINTR : FAULT_PASS;
}

Test(hiccups, an_interrupted_call_is_made_again)
{
    cr_assert(random_start(RANDOM_GETRANDOM, NULL, keep_notice) == 0);
    fault_watch(interrupted_five_times, 1, SYS_getrandom);
    draw_served(16);
    cr_assert(strncmp(fault_trace(),
                      "getrandom:EINTR getrandom:EINTR getrandom:EINTR getrandom:EINTR "
                      "getrandom:EINTR getrandom",
                      89) == 0,
              "seen: %.100s", fault_trace());
    cr_assert(random_source() == RANDOM_GETRANDOM, "a signal made the program lose its source");
    cr_assert_str_eq(notices(), "");
}

Test(hiccups, an_interrupted_read_is_made_again)
{
    cr_assert(random_start(RANDOM_URANDOM, NULL, keep_notice) == 0);
    fault_watch(interrupted_five_times, 1, SYS_read);
    draw_served(16);
    cr_assert(strncmp(fault_trace(), "read:EINTR read:EINTR", 21) == 0);
    cr_assert_str_eq(notices(), "");
}

static long unseeded(const struct seccomp_data *call, unsigned int nth)
{
    return nth == 0 && call->args[2] & GRND_NONBLOCK ? -EAGAIN : FAULT_PASS;
}

Test(hiccups, a_draw_before_the_kernel_has_a_seed_waits_in_getrandom_and_says_so)
{
    unsigned char bytes[32];

    cr_assert(random_start(RANDOM_GETRANDOM, NULL, keep_notice) == 0);
    fault_watch(unseeded, 1, SYS_getrandom);
    cr_assert(random_fill(bytes, sizeof(bytes)) == 0, "an unseeded kernel fails a draw");
    cr_assert_str_eq(fault_trace(), "getrandom:EAGAIN getrandom-wait",
                     "an idle kernel gathers a seed only for a call that waits");
    cr_assert_str_eq(notices(), "unseeded getrandom EAGAIN");
    cr_assert(random_source() == RANDOM_GETRANDOM);
}

Test(hiccups, a_start_before_the_kernel_has_a_seed_does_not_wait)
{
    fault_watch(unseeded, 1, SYS_getrandom);
    cr_assert(random_start(RANDOM_GETRANDOM, NULL, keep_notice) == 0);
    cr_assert_str_eq(fault_trace(), "getrandom:EAGAIN", "a program hangs at its start");
    cr_assert(random_source() == RANDOM_GETRANDOM);
}

/* Not ready, then a signal in the middle of the wait. */
static long no_seed_yet(const struct seccomp_data *call, unsigned int nth)
{
    if (call->nr == SYS_ppoll)
        return 0;
    return nth == 1 ? -EINTR : FAULT_PASS;
}

/* By a read, which makes an idle kernel gather a seed; a poll for it waited for ever. */
Test(hiccups, urandom_waits_for_a_seed_before_its_first_use_only)
{
    fault_watch(no_seed_yet, 2, SYS_ppoll, SYS_read);
    cr_assert(random_start(RANDOM_URANDOM, NULL, keep_notice) == 0);
    cr_assert_str_eq(notices(), "unseeded urandom EAGAIN");
    cr_assert_str_eq(fault_trace(), "ppoll:0 read:EINTR read");
    fault_forget_trace();
    draw_served(64);
    cr_assert(strstr(fault_trace(), "ppoll") == NULL, "a program waits for a seed again");
}

static long one_byte(const struct seccomp_data *call, unsigned int nth)
{
    return nth < 7 ? fault_serve(call, 1) : FAULT_PASS;
}

static void short_results(enum random_source source, int call)
{
    struct random_tally tallies[RANDOM_STRIPES] = {0};
    static const unsigned char made_up[] = {FAULT_BYTE, FAULT_BYTE, FAULT_BYTE, FAULT_BYTE,
                                            FAULT_BYTE, FAULT_BYTE, FAULT_BYTE};
    unsigned char bytes[32] = {0};

    cr_assert(random_start(source, tallies, keep_notice) == 0);
    fault_watch(one_byte, 1, call);
    cr_assert(random_fill(bytes, sizeof(bytes)) == 0);
    cr_assert(memcmp(bytes, made_up, sizeof(made_up)) == 0, "a short result was thrown away");
    cr_assert(memchr(bytes + 7, 0, 8) == NULL || memchr(bytes + 15, 0, 8) == NULL,
              "a short result left the end of a key zero");
    cr_assert(random_source() == source);
    cr_assert(tallies[RANDOM_STRIPES - 1].draws == 1 && tallies[RANDOM_STRIPES - 1].bytes == 32,
              "one draw of 32 bytes is counted as %lu of %lu",
              (unsigned long)tallies[RANDOM_STRIPES - 1].draws,
              (unsigned long)tallies[RANDOM_STRIPES - 1].bytes);
}

Test(hiccups, short_results_of_getrandom_are_gone_on_from)
{
    short_results(RANDOM_GETRANDOM, SYS_getrandom);
}

Test(hiccups, short_results_of_a_read_are_gone_on_from)
{
    short_results(RANDOM_URANDOM, SYS_read);
}

static long short_then_broken(const struct seccomp_data *call, unsigned int nth)
{
    return nth == 0 ? fault_serve(call, 5) : -EIO;
}

Test(hiccups, a_source_that_breaks_within_a_draw_leaves_the_rest_to_the_next)
{
    unsigned char bytes[64] = {0};

    cr_assert(random_start(RANDOM_GETRANDOM, NULL, keep_notice) == 0);
    fault_watch(short_then_broken, 1, SYS_getrandom);
    cr_assert(random_fill(bytes, sizeof(bytes)) == 0);
    for (int i = 0; i < 5; i++)
        cr_assert(bytes[i] == FAULT_BYTE);
    cr_assert(memchr(bytes + 5, 0, 10) == NULL || memchr(bytes + 54, 0, 10) == NULL,
              "a part of a key stayed zero");
    cr_assert_str_eq(notices(), "lost getrandom EIO");
}

static long nothing(const struct seccomp_data *call, unsigned int nth)
{
    return call->args[call->nr == SYS_read ? 2 : 1] == 16 && nth < UINT_MAX ? 0 : FAULT_PASS;
}

Test(hiccups, a_getrandom_that_serves_nothing_does_not_hang_the_program)
{
    cr_assert(random_start(RANDOM_GETRANDOM, NULL, keep_notice) == 0);
    fault_watch(nothing, 1, SYS_getrandom);
    draw_served(16);
    cr_assert_str_eq(notices(), "lost getrandom EIO");
}

Test(hiccups, a_read_that_serves_nothing_is_an_error_and_no_hang)
{
    unsigned char bytes[16];
    int error;

    cr_assert(random_start(RANDOM_URANDOM, NULL, keep_notice) == 0);
    fault_watch(nothing, 1, SYS_read);
    error = random_fill(bytes, sizeof(bytes));
    cr_assert(error == EIO, "a device at its end answers %s", strerror(error));
}

/* What a vDSO asks the system call for is its key: 32 bytes, waiting allowed. */
static long short_key(const struct seccomp_data *call, unsigned int nth)
{
    return nth == 0 && !(call->args[2] & GRND_NONBLOCK) ? fault_serve(call, 5) : FAULT_PASS;
}

Test(hiccups, the_vdso_does_not_draw_from_a_key_that_came_short)
{
    start_vdso(NULL);
    fault_watch(short_key, 1, SYS_getrandom);
    draw_served(16);
    cr_assert(strncmp(fault_trace(), "getrandom-wait:5 getrandom ", 27) == 0,
              "bytes were made of a key that is mostly not there: %s", fault_trace());
    cr_assert(random_source() == RANDOM_VDSO);
}
