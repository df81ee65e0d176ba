/*
 * OSRANDOM_* from the environment.
 *
 * A value that is not known is kept, shortened, until there is something to report to: a process
 * without OpenSSL must print nothing, and a program may write over its environment meanwhile.
 */
#include "settings.h"

#include <elf.h>
#include <stdbool.h>

#include "imports.h"
#include "report.h"

struct settings settings;

enum { LONGEST_VALUE = 40 };

static const struct setting {
    const char *name;
    const char *accepted; /* the values in the order of their enum, a space behind each */
    unsigned int *value;
} table[] = {
    {"OSRANDOM_MODE", "activate register builtin reseed ", &settings.mode},
    {"OSRANDOM_SOURCE", "auto vdso getrandom getentropy urandom ", &settings.source},
    /* The name of before; where both are set, the one of today counts. */
    {"OSRANDOM_ON_SWAP", "keep fail abort allow ", &settings.on_replace},
    {"OSRANDOM_ON_REPLACE", "ignore fail abort allow ", &settings.on_replace},
    {"OSRANDOM_ON_FAILURE", "error abort ", &settings.on_failure},
    {"OSRANDOM_LOG", "warn quiet info ", &settings.log},
};

enum { SETTINGS = sizeof(table) / sizeof(table[0]) };

static char unknown[SETTINGS][LONGEST_VALUE + 1];

/* What follows name and '=' in an environment entry, or NULL. */
static const char *value_of(const char *entry, const char *name)
{
    while (*name && *entry == *name) {
        entry++;
        name++;
    }
    return *name == '\0' && *entry == '=' ? entry + 1 : NULL;
}

/* The position of the word in a list with a space behind each word, or -1. */
static int position(const char *list, const char *word)
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

static void set(size_t index, const char *value)
{
    int known = position(table[index].accepted, value);

    if (known >= 0) {
        *table[index].value = (unsigned int)known;
        return;
    }
    for (size_t i = 0; i < LONGEST_VALUE && value[i]; i++)
        unknown[index][i] = value[i];
}

void settings_read(void)
{
    if (!&environ || !environ || !getauxval || getauxval(AT_SECURE))
        return;
    for (size_t i = 0; i < SETTINGS; i++)
        for (char **entry = environ; *entry; entry++) {
            const char *value = **entry == 'O' ? value_of(*entry, table[i].name) : NULL;

            if (value && *value)
                set(i, value);
        }
}

void settings_report(void)
{
    for (size_t i = 0; i < SETTINGS; i++) {
        if (unknown[i][0])
            report(REPORT_SETTING, "%s=%s is not known; accepted: %s(the first is used)",
                   table[i].name, unknown[i], table[i].accepted);
        unknown[i][0] = '\0';
    }
}
