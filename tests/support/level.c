/*
 * See level.h.
 */
#include "level.h"

#include <stdbool.h>
#include <stdlib.h>

static bool is_set(const char *variable)
{
    const char *value = getenv(variable);

    return value && *value;
}

enum level level(void)
{
    if (is_set("OSRANDOM_TEST_ALL"))
        return LEVEL_ALL;
    return is_set("OSRANDOM_TEST_QUICK") ? LEVEL_QUICK : LEVEL_USUAL;
}
