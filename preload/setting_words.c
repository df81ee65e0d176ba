/*
 * See setting_words.h.
 */
#include "setting_words.h"

const struct setting_words setting_words[SETTINGS] = {
    [SETTING_MODE] = {"OSRANDOM_MODE", "activate register builtin reseed "},
    [SETTING_SOURCE] = {"OSRANDOM_SOURCE", "auto vdso getrandom getentropy urandom "},
    [SETTING_ON_SWAP] = {"OSRANDOM_ON_SWAP", "keep fail abort allow "},
    [SETTING_ON_REPLACE] = {"OSRANDOM_ON_REPLACE", "ignore fail abort allow "},
    [SETTING_ON_FAILURE] = {"OSRANDOM_ON_FAILURE", "error abort "},
    [SETTING_LOG] = {"OSRANDOM_LOG", "warn quiet info "},
};

int setting_position(const char *list, const char *word)
{
    for (int index = 0; *list; index++) {
        const char *w = word;

        while (*w && *w != ' ' && *list == *w) {
            list++;
            w++;
        }
        if (*w == '\0' && *list == ' ')
            return index;
        while (*list++ != ' ')
            ;
    }
    return -1;
}
