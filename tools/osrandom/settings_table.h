/*
 * The words of OSRANDOM_*, in the order of the shim's own enumerations: the first is the default.
 */
#ifndef OSRANDOM_SETTINGS_TABLE_H
#define OSRANDOM_SETTINGS_TABLE_H

#include <stddef.h>

enum setting {
    SETTING_MODE,
    SETTING_SOURCE,
    SETTING_ON_SWAP, /* the name of before, still accepted */
    SETTING_ON_REPLACE,
    SETTING_ON_FAILURE,
    SETTING_LOG,
};

enum { SETTINGS = SETTING_LOG + 1, SETTING_VALUES = 5 };

struct setting_words {
    const char *option; /* of osrandom run */
    const char *variable;
    const char *values[SETTING_VALUES + 1]; /* ends with NULL */
};

extern const struct setting_words settings_table[SETTINGS];

#endif
