/*
 * Texts that are put together, for the tests and the benchmark.
 */
#ifndef OSRANDOM_TESTS_TEXT_H
#define OSRANDOM_TESTS_TEXT_H

/* The caller frees it. */
char *text_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Where the last line begins, whose end is cut off: it says why a script gave up. */
char *text_last_line(char *text);

#endif
