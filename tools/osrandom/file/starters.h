/*
 * Programs whose purpose is to start others.
 */
#ifndef OSRANDOM_STARTERS_H
#define OSRANDOM_STARTERS_H

#include "object.h"

/* Shells, env(1), timeout(1), the loader itself and their like: what they start need not have the
 * shim, and may have an OpenSSL. */
bool is_starter(const struct object *program);

/* It calls exec and no fork, as nice(1) does. */
bool becomes_another(const struct object *program);

#endif
