/*
 * The words of OSRANDOM_* one by one, as preload/setting_words.h has them.
 */
#ifndef OSRANDOM_SETTING_WORD_H
#define OSRANDOM_SETTING_WORD_H

#include "setting_words.h"

/* The word for this value of the shim's enumeration, 0 for the default; NULL behind the last. It
 * stays until the next call for the same setting. */
const char *setting_word(enum setting setting, unsigned int value);

#endif
