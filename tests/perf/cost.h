/*
 * The rows about what the shim costs: starting programs, memory, its size.
 */
#ifndef OSRANDOM_PERF_COST_H
#define OSRANDOM_PERF_COST_H

#include "speed.h"

/* What does not depend on an OpenSSL. self is the path of this program, which uses none. */
void cost_rows(const char *self);

void cost_rows_of_tree(const struct tree *tree, const struct effort *effort);

#endif
