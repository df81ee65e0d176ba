/*
 * What osrandom status says in JSON.
 */
#ifndef OSRANDOM_TESTS_COMMAND_JSON_H
#define OSRANDOM_TESTS_COMMAND_JSON_H

#include <jansson.h>

#include "held.h"

/* The object of a process; the command must end with this status. */
json_t *object_of(const struct held *held, int status);

/* A member's text; "(none)" if it is null or missing. */
const char *text_in(const json_t *object, const char *key);

#endif
