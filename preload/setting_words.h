/*
 * The names of the settings and the words that they take, in the environment and in
 * /etc/osrandom.conf.
 */
#ifndef OSRANDOM_SETTING_WORDS_H
#define OSRANDOM_SETTING_WORDS_H

enum setting {
    SETTING_MODE,
    SETTING_SOURCE,
    SETTING_ON_SWAP, /* the name of before; where both are set, the one of today counts */
    SETTING_ON_REPLACE,
    SETTING_ON_FAILURE,
    SETTING_LOG,
    SETTINGS,
};

/* Without pointers, which would have to be relocated. */
struct setting_words {
    char name[20];     /* of the variable */
    char accepted[44]; /* the values in the order of their enum, a space behind each */
};

extern const struct setting_words setting_words[SETTINGS];

/* The place of the word in a list with a space behind each word, or -1. */
int setting_position(const char *list, const char *word);

#endif
