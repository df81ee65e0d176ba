/*
 * What random_start() is given to notify in this suite: it keeps what it is told.
 */
#ifndef OSRANDOM_TESTS_NOTICES_H
#define OSRANDOM_TESTS_NOTICES_H

#include "random.h"

random_notify_function keep_notice;

/* All so far, in order: "lost getrandom EPERM, unseeded urandom EAGAIN". */
const char *notices(void);

#endif
