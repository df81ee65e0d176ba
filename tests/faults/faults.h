/*
 * What the tests of this suite share.
 */
#ifndef OSRANDOM_TESTS_FAULTS_H
#define OSRANDOM_TESTS_FAULTS_H

/* How much is run: by make check, by make check-all, with OSRANDOM_TEST_ALL=1. */
enum level { LEVEL_QUICK, LEVEL_USUAL, LEVEL_ALL };

enum level level(void);

/* Skips the test below that level. */
void only_from(enum level least);

#endif
