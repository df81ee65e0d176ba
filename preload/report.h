/*
 * The lines that the shim may print: "osrandom: PROGRAM[PID]: ..." on descriptor 2.
 *
 * Only what an operator should know, and each kind once a process (REPORT_ACTIVATED and
 * REPORT_SETTING excepted, which speak of different things each time). Nothing is printed on a
 * descriptor 2 that has become another file since the program started, nothing waits for a reader,
 * and no signal is raised when there is none.
 */
#ifndef OSRANDOM_REPORT_H
#define OSRANDOM_REPORT_H

#include <stdbool.h>

enum report_kind {
    /* with OSRANDOM_LOG=info only */
    REPORT_ACTIVATED,
    REPORT_NOT_NEEDED,
    /* unless OSRANDOM_LOG=quiet */
    REPORT_SETTING,
    REPORT_RULES,
    REPORT_SWAP,
    REPORT_NOT_PINNED,
    REPORT_SOURCE_LOST,
    REPORT_UNSEEDED,
    REPORT_FAILED,
};

/* Remembers what descriptor 2 is; before that nothing is printed. */
void report_start(void);

/* Whether the settings let lines of a kind be printed: without that, none need be made up. */
bool report_is_wanted(enum report_kind kind);

/* Knows %s, whose control bytes are escaped, and %u. Longer lines are cut. Signal safe. */
void report(enum report_kind kind, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The running program's short name. */
const char *report_program(void);

#endif
