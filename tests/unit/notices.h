/*
 * The random_notice() of this suite's program, which keeps what it is told.
 */
#ifndef OSRANDOM_TESTS_NOTICES_H
#define OSRANDOM_TESTS_NOTICES_H

/* All so far, in order: "lost getrandom EPERM, unseeded urandom EAGAIN". */
const char *notices(void);

#endif
