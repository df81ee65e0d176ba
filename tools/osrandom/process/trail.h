/*
 * What was looked at and found, step by step, for `osrandom status --why`.
 */
#ifndef OSRANDOM_TRAIL_H
#define OSRANDOM_TRAIL_H

#include <stdbool.h>

/* Until then nothing is noted. The notes lie in memory that is shared with children. */
void trail_start(void);

bool trail_is_kept(void);

/* Forgets what was noted. */
void trail_clear(void);

/* A line; what is not fit for a terminal is escaped. Silently cut when there is no room left. */
void trail_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* All lines, each with its newline. */
const char *trail_text(void);

#endif
