/*
 * What everything in the shim stands on: that it has been relocated, and has read its settings.
 */
#ifndef OSRANDOM_SHIM_H
#define OSRANDOM_SHIM_H

#include <stdbool.h>

/* Whether the loader has relocated the shim: before that no import may be called, and nothing read
 * that holds an address. */
bool shim_is_relocated(void);

/* Reads the settings and looks at descriptor 2, once; two threads that both come first find the
 * same. */
void shim_start(void);

#endif
