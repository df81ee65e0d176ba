/*
 * OSRANDOM_* from the environment, and what /etc/osrandom.conf says.
 *
 * A value that is not known is kept, shortened, until there is something to report to: a process
 * without OpenSSL must print nothing, and a program may write over its environment meanwhile.
 */
#include "settings.h"

#include <elf.h>
#include <stdbool.h>
#include <stddef.h>

#include "imports.h"
#include "report.h"

struct settings settings;

enum { LONGEST_VALUE = 40 };

/* Where each is kept. */
static const unsigned char offsets[SETTINGS] = {
    [SETTING_MODE] = offsetof(struct settings, mode),
    [SETTING_SOURCE] = offsetof(struct settings, source),
    [SETTING_ON_SWAP] = offsetof(struct settings, on_replace),
    [SETTING_ON_REPLACE] = offsetof(struct settings, on_replace),
    [SETTING_ON_FAILURE] = offsetof(struct settings, on_failure),
    [SETTING_LOG] = offsetof(struct settings, log),
};

static char unknown[SETTINGS][LONGEST_VALUE + 1];
static unsigned int given; /* by the environment: the bits of bit_of() */

static void set(size_t index, unsigned int value)
{
    *(unsigned int *)(void *)((char *)&settings + offsets[index]) = value;
}

static unsigned int bit_of(size_t index)
{
    return 1u << offsets[index] / sizeof(unsigned int);
}

/* What follows name and '=' in an environment entry, or NULL. */
static const char *value_of(const char *entry, const char *name)
{
    while (*name && *entry == *name) {
        entry++;
        name++;
    }
    return *name == '\0' && *entry == '=' ? entry + 1 : NULL;
}

static void take(size_t index, const char *value)
{
    int known = setting_position(setting_words[index].accepted, value);

    given |= bit_of(index);
    if (known >= 0) {
        set(index, (unsigned int)known);
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
            const char *value = **entry == 'O' ? value_of(*entry, setting_words[i].name) : NULL;

            if (value && *value)
                take(i, value);
        }
}

/* One of the environment's that is not known counts as given: it is told that the default is used.
 */
void settings_take(const struct rule *rules)
{
    for (size_t i = 0; i < SETTINGS; i++) {
        if (!rules[i].line || (!rules[i].is_final && (given & bit_of(i))))
            continue;
        set(i, rules[i].value);
        unknown[i][0] = '\0';
        settings.ruled |= bit_of(i);
        if (!settings.rule)
            settings.rule = rules[i].line;
    }
}

void settings_report(void)
{
    for (size_t i = 0; i < SETTINGS; i++) {
        if (unknown[i][0])
            report(REPORT_SETTING, "%s=%s is not known; accepted: %s(the first is used)",
                   setting_words[i].name, unknown[i], setting_words[i].accepted);
        unknown[i][0] = '\0';
    }
}
