/*
 * Zeroed tables lie apart, so that a start maps few pages. First comes what every process writes,
 * which needs no mark; then, in the order of these numbers, by which the linker sorts: what just
 * fits into the same page (1), what the first call from each place writes (2, and the beginning of
 * 3) and a start with an OpenSSL does (the beginning of 4), in one more; what a draw writes (5), and
 * what is rarely written (6). tests/perf/start tells which pages are.
 */
#ifndef OSRANDOM_APART_H
#define OSRANDOM_APART_H

#if defined(__ELF__)
#define APART(order) __attribute__((section(".bss.apart" #order)))
#else
#define APART(order)
#endif

#endif
