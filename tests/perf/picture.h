/*
 * The pictures of tests/README.md.
 */
#ifndef OSRANDOM_PERF_PICTURE_H
#define OSRANDOM_PERF_PICTURE_H

/* Measures, and writes draws.svg and threads.svg to the directory; returns an exit status. */
int picture_all(const char *directory, const char *const *trees);

#endif
