/*
 * See status_words.h.
 */
#include "status_words.h"

#include <stddef.h>
#include <stdio.h>

#include "base/setting_word.h"

static const struct {
    const char *people, *machines;
} states[LOOK_STATES] = {
    [LOOK_COVERED] = {"covered", "covered"},
    [LOOK_UNCOVERED] = {"not covered", "uncovered"},
    [LOOK_PROVIDER] = {"by provider", "provider"},
    [LOOK_GUARDED] = {"guarded", "guarded"},
    [LOOK_SWAPPED] = {"swapped", "swapped"},
    [LOOK_NO_OPENSSL] = {"no OpenSSL", "no-openssl"},
    [LOOK_NOT_PERMITTED] = {"no access", "not-permitted"},
    [LOOK_GONE] = {"gone", "gone"},
    [LOOK_TROUBLE] = {"trouble", "trouble"},
    [LOOK_PASSED] = {"passed", "passed"},
};

const char *state_for_people(const struct look *look)
{
    bool is_covered = look->state == LOOK_COVERED || look->state == LOOK_PROVIDER;

    return is_covered && look->self_reported ? "self-reported" : states[look->state].people;
}

const char *state_for_machines(const struct look *look)
{
    return states[look->state].machines;
}

static const char *word_of(enum setting setting, unsigned int value)
{
    const char *word = setting_word(setting, value);

    return word ? word : "?";
}

const char *mode_of(const struct look *look)
{
    return look->has_shim ? word_of(SETTING_MODE, look->mode) : NULL;
}

/* A source is prepared before anything is drawn from it. */
const char *source_of(const struct look *look)
{
    return look->has_figures && look->source && look->draws ? word_of(SETTING_SOURCE, look->source)
                                                            : NULL;
}

const char *rule_of(const struct look *look)
{
    static char text[48];

    snprintf(text, sizeof(text), "/etc/osrandom.conf:%u", look->rule);
    return look->has_shim && look->rule ? text : NULL;
}
