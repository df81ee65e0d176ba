/*
 * How much of the tests is run: by make check, by tools/check, by tools/check --all.
 */
#ifndef OSRANDOM_TESTS_LEVEL_H
#define OSRANDOM_TESTS_LEVEL_H

#include <criterion/criterion.h>

enum level { LEVEL_QUICK, LEVEL_USUAL, LEVEL_ALL };

/* OSRANDOM_TEST_QUICK and OSRANDOM_TEST_ALL say so, each by being set. */
enum level level(void);

/* Skips the test below that level. */
static inline void only_from(enum level least)
{
    if (level() < least)
        cr_skip_test("%s", least == LEVEL_ALL
                               ? "only with OSRANDOM_TEST_ALL=1, as tools/check --all has it"
                               : "takes longer; make check-all runs it");
}

/* Skips the test on machines of 32 bits, whose system calls have other names. */
static inline void only_with_64_bit_calls(void)
{
    if (sizeof(long) < 8)
        cr_skip_test("what is made to fail are the system calls of machines of 64 bits");
}

#endif
