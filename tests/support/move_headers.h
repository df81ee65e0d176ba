/*
 * Libraries whose program headers were moved behind all else, as patchelf does when they have
 * outgrown their place: the libcryptos of some of Python's wheels.
 */
#ifndef OSRANDOM_TESTS_MOVE_HEADERS_H
#define OSRANDOM_TESTS_MOVE_HEADERS_H

#include <stdbool.h>

/* Makes such a library of another, of which the headers are mapped or not; what cannot be done
 * fails the test. */
void move_headers(const char *from, const char *to, bool mapped);

#endif
