/*
 * See setting_word.h.
 */
#include "setting_word.h"

#include <stdio.h>
#include <string.h>

const char *setting_word(enum setting setting, unsigned int value)
{
    static char words[SETTINGS][sizeof(setting_words->accepted)];
    const char *word = setting_words[setting].accepted;

    while (value-- > 0 && *word)
        word = strchr(word, ' ') + 1;
    if (!*word)
        return NULL;
    snprintf(words[setting], sizeof(words[setting]), "%.*s", (int)strcspn(word, " "), word);
    return words[setting];
}
