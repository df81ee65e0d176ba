/*
 * Who takes a try back: a process that is started before the switch, so that nothing has to be
 * started when no program starts any more. It outlives the terminal.
 */
#ifndef OSRANDOM_WATCH_H
#define OSRANDOM_WATCH_H

#include <stdbool.h>

/* Starts it: by systemd where that runs, for a login that ends may take its processes along. When
 * it answers true, the try has begun. False after a complaint. */
bool watch_start(unsigned int seconds);

/* `osrandom system watch SECONDS`: the process itself. */
int watch(unsigned int seconds);

/* Ends the try, whose end it is to be then: false if none is under way. */
bool watch_end(void);

/* How many seconds a try has left; -1: none is under way. */
long watch_left(void);

#endif
