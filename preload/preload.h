/*
 * The shim's own beginning.
 */
#ifndef OSRANDOM_PRELOAD_H
#define OSRANDOM_PRELOAD_H

#include <stdbool.h>

/* Whether the loader has relocated the shim: before that no import may be called, and nothing read
 * that holds an address. */
bool shim_is_relocated(void);

/* Reads the settings and looks at descriptor 2, the first time. */
void shim_start(void);

#endif
