/*
 * Which of the two calls a size is drawn by, from made up times: of machines on which the one or
 * the other is faster, of moments in which a sample says nothing.
 */
#include <criterion/criterion.h>

#include "linux_choice.h"
#include "linux_ticks.h"

TestSuite(choice, .timeout = 120);

enum { LENGTH = 4096 };

/* How long a draw takes, the nth of its call. */
typedef uint64_t clock_of(enum choice_call call, size_t length, unsigned int nth);

static unsigned int samples[CHOICE_CALLS];

/* A whole trial, which ends with a choice. */
static enum choice_call tried(struct choice *choice, clock_of *clock)
{
    struct choice_turn turn;

    samples[CHOICE_VDSO] = samples[CHOICE_SYSTEM] = 0;
    for (int i = 0; i < CHOICE_TRIAL; i++) {
        turn = choice_next(choice);
        cr_assert(turn.timed, "the trial ends after %d draws", i);
        choice_note(choice, turn.call, LENGTH, clock(turn.call, LENGTH, samples[turn.call]++));
    }
    turn = choice_next(choice);
    cr_assert(!turn.timed, "every draw pays for the clock");
    return turn.call;
}

static uint64_t vdso_is_twice_as_fast(enum choice_call call, size_t length, unsigned int nth)
{
    (void)nth;
    return length * (call == CHOICE_VDSO ? 1 : 2);
}

static uint64_t system_is_twice_as_fast(enum choice_call call, size_t length, unsigned int nth)
{
    (void)nth;
    return length * (call == CHOICE_VDSO ? 2 : 1);
}

Test(choice, is_the_faster_call)
{
    struct choice one = {0}, other = {0};

    cr_assert(tried(&one, vdso_is_twice_as_fast) == CHOICE_VDSO);
    cr_assert(tried(&other, system_is_twice_as_fast) == CHOICE_SYSTEM);
}

Test(choice, is_tried_by_each_call_as_often)
{
    struct choice choice = {0};

    tried(&choice, vdso_is_twice_as_fast);
    cr_assert(samples[CHOICE_VDSO] == CHOICE_TRIAL / 2 &&
              samples[CHOICE_SYSTEM] == CHOICE_TRIAL / 2);
}

Test(choice, begins_with_the_vdso_so_that_a_single_draw_needs_no_system_call)
{
    struct choice choice = {0};

    cr_assert(choice_next(&choice).call == CHOICE_VDSO);
}

/* A page fault, another program's turn: all but one sample of the faster call are spoilt. */
static uint64_t system_is_faster_but_mostly_disturbed(enum choice_call call, size_t length,
                                                      unsigned int nth)
{
    return system_is_twice_as_fast(call, length, nth) +
           (call == CHOICE_SYSTEM && nth != 2 ? 5000000 : 0);
}

static uint64_t vdso_is_faster_but_mostly_disturbed(enum choice_call call, size_t length,
                                                    unsigned int nth)
{
    return vdso_is_twice_as_fast(call, length, nth) +
           (call == CHOICE_VDSO && nth != 1 ? 5000000 : 0);
}

Test(choice, is_not_turned_by_disturbed_samples)
{
    struct choice one = {0}, other = {0};

    cr_assert(tried(&one, system_is_faster_but_mostly_disturbed) == CHOICE_SYSTEM,
              "a page fault in a sample decides");
    cr_assert(tried(&other, vdso_is_faster_but_mostly_disturbed) == CHOICE_VDSO,
              "a page fault in a sample decides");
}

/* Processors' counters that do not agree: times below zero, and of years. */
static uint64_t leaps(enum choice_call call, size_t length, unsigned int nth)
{
    if (call == CHOICE_SYSTEM && (nth == 1 || nth == 2))
        return nth == 1 ? (uint64_t)-400 : ((uint64_t)1 << 54) + 400;
    return vdso_is_twice_as_fast(call, length, nth);
}

/* A clock that stands still. */
static uint64_t no_time(enum choice_call call, size_t length, unsigned int nth)
{
    (void)call, (void)length, (void)nth;
    return 0;
}

Test(choice, stays_with_the_vdso_if_the_clock_is_no_good)
{
    struct choice one = {0}, other = {0};

    cr_assert(tried(&one, leaps) == CHOICE_VDSO);
    cr_assert(tried(&other, no_time) == CHOICE_VDSO);
}

static uint64_t system_is_a_little_faster(enum choice_call call, size_t length, unsigned int nth)
{
    (void)nth;
    return length * (call == CHOICE_VDSO ? 102 : 100);
}

static uint64_t vdso_is_a_little_faster(enum choice_call call, size_t length, unsigned int nth)
{
    (void)nth;
    return length * (call == CHOICE_VDSO ? 100 : 102);
}

Test(choice, of_two_as_good_as_equal_calls_does_not_change)
{
    struct choice choice = {0};

    cr_assert(tried(&choice, system_is_a_little_faster) == CHOICE_VDSO);
    choice_again(&choice);
    cr_assert(tried(&choice, system_is_twice_as_fast) == CHOICE_SYSTEM);
    choice_again(&choice);
    cr_assert(tried(&choice, vdso_is_a_little_faster) == CHOICE_SYSTEM,
              "it goes to and fro for 2 %%");
}

/* A machine is moved to another host; or all samples of the first trial were disturbed. */
Test(choice, is_made_anew_by_a_new_trial)
{
    struct choice choice = {0};

    cr_assert(tried(&choice, system_is_twice_as_fast) == CHOICE_SYSTEM);
    choice_again(&choice);
    cr_assert(tried(&choice, vdso_is_twice_as_fast) == CHOICE_VDSO,
              "what was fast once is held to be fast for ever");
}

/* The system call is refused, say: its turns come to nothing. */
Test(choice, needs_no_sample_that_does_not_come)
{
    struct choice choice = {0};

    for (int i = 0; i < CHOICE_TRIAL; i++) {
        struct choice_turn turn = choice_next(&choice);

        if (turn.call == CHOICE_VDSO)
            choice_note(&choice, turn.call, LENGTH, LENGTH);
    }
    cr_assert(!choice_next(&choice).timed && choice_next(&choice).call == CHOICE_VDSO);
}

/* Two sizes of one class in turn, as a program may draw, and a call that is the faster one at both
 * sizes, though the other one takes less for each byte of the larger. */
static uint64_t faster_ticks(size_t length)
{
    return 4000 + 20 * length / 10;
}

static uint64_t slower_ticks(size_t length)
{
    return 6000 + 19 * length / 10;
}

static enum choice_call tried_by_turns(size_t one, size_t other, enum choice_call faster)
{
    struct choice choice = {0};

    cr_assert(choice_class(one) == choice_class(other));
    for (int i = 0; i < CHOICE_TRIAL; i++) {
        const size_t length = i % 2 ? one : other;
        struct choice_turn turn = choice_next(&choice);

        choice_note(&choice, turn.call, length,
                    turn.call == faster ? faster_ticks(length) : slower_ticks(length));
    }
    return choice_next(&choice).call;
}

Test(choice, is_not_turned_by_sizes_that_alternate)
{
    for (enum choice_call faster = CHOICE_VDSO; faster <= CHOICE_SYSTEM; faster++) {
        cr_expect(tried_by_turns(2049, 4096, faster) == faster);
        cr_expect(tried_by_turns(4096, 2049, faster) == faster);
    }
}

Test(choice, has_a_class_for_every_doubling_and_one_for_the_rest)
{
    static const struct {
        size_t length, class;
    } known[] = {{129, 0},   {256, 0},   {257, 1},     {512, 1},     {513, 2},
                 {1024, 2},  {1025, 3},  {8192, 5},    {8193, 6},    {16384, 6},
                 {16385, 7}, {65536, 7}, {1 << 30, 7}, {SIZE_MAX, 7}};

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        cr_assert(choice_class(known[i].length) == known[i].class, "%zu bytes are of class %zu",
                  known[i].length, choice_class(known[i].length));
}

/* Without a clock, all machines that have the vDSO's call would stay with it, be it the slower one.
 */
Test(choice, has_a_clock_that_goes_on)
{
    const uint64_t first = ticks();
    uint64_t now = first;

    if (sizeof(long) < sizeof(uint64_t))
        cr_skip_test("no clock is read on a 32-bit machine, and nothing chosen by it");
    for (int i = 0; i < 100000000 && now == first; i++)
        now = ticks();
    cr_assert(now != first, "the clock of this machine stands still");
}
