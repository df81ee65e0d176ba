/*
 * What the tests of this suite share.
 */
#ifndef OSRANDOM_TESTS_FAULTS_H
#define OSRANDOM_TESTS_FAULTS_H

#include <stdbool.h>

/* OSRANDOM_TEST_ALL: every errno, pairs that are not in a row, every OpenSSL. */
bool tests_all(void);

/* Skips the test unless tests_all(). */
void only_with_all(void);

#endif
