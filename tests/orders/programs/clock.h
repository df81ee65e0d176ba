/*
 * In place of linux_ticks.h: a clock that says what it may, each thing in turn.
 */
#define OSRANDOM_LINUX_TICKS_H

#include <stdint.h>

uint64_t ticks(void);
