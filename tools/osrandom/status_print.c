/*
 * See status_print.h. Names are escaped down to plain ASCII: some terminals obey control characters
 * in UTF-8 as well.
 */
#include "status_print.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "settings_table.h"

enum { WHY_COLUMNS = 72, ESCAPED_ROOM = 4 * LOOK_NAME + 1 };

static void escape(char safe[ESCAPED_ROOM], const char *text)
{
    char *end = safe;

    for (; *text; text++) {
        unsigned char byte = (unsigned char)*text;

        end += sprintf(end, byte >= ' ' && byte < 0x7f ? "%c" : "\\x%02x", byte);
    }
    *end = '\0';
}

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash && slash[1] ? slash + 1 : path;
}

static const char *word_of(enum setting setting, unsigned int value)
{
    return value < SETTING_VALUES && settings_table[setting].values[value]
               ? settings_table[setting].values[value]
               : "?";
}

/* The source that serves, once there is one. */
static const char *source_of(const struct look *look)
{
    return look->has_shim && look->source ? word_of(SETTING_SOURCE, look->source) : NULL;
}

/* ---- The table ---- */

/* In at most five columns. */
static void shorten(char text[8], uint64_t number)
{
    static const char units[] = " kMGTPE";
    double value = (double)number;
    size_t unit = 0;

    for (; value >= 999.5; unit++)
        value /= 1000;
    if (unit == 0)
        snprintf(text, 8, "%u", (unsigned int)number);
    else
        snprintf(text, 8, value < 9.95 ? "%.1f%c" : "%.0f%c", value, units[unit]);
}

void print_head(void)
{
    printf("%7s %-15s %-13s %-9s %-10s %5s %5s %4s %4s\n", "PID", "PROGRAM", "STATE", "OPENSSL",
           "SOURCE", "DRAWS", "BYTES", "KEPT", "FAIL");
}

static const char *state_of(const struct look *look)
{
    static const char *const names[] = {"covered",   "not covered", "guarded", "no OpenSSL",
                                        "no access", "gone",        "trouble"};

    return look->state == LOOK_COVERED && look->self_reported ? "self-reported"
                                                              : names[look->state];
}

static void print_figures(const struct look *look)
{
    char draws[8], bytes[8], swaps[8], failures[8];

    if (!look->has_shim) {
        putchar('\n');
        return;
    }
    shorten(draws, look->draws);
    shorten(bytes, look->bytes);
    shorten(swaps, look->swaps);
    shorten(failures, look->failures);
    printf(" %-10s %5s %5s %4s %4s\n", source_of(look) ? source_of(look) : "-", draws, bytes, swaps,
           failures);
}

void print_row(const struct look *look)
{
    char program[ESCAPED_ROOM], version[ESCAPED_ROOM];

    escape(program, last_part(look->program));
    escape(version, look->openssl_count ? look->openssl[0].version : "-");
    printf("%7d %-15.15s %-13s %-*.9s", (int)look->pid, program, state_of(look),
           look->has_shim ? 9 : 1, *version ? version : "?");
    print_figures(look);
    for (size_t i = 1; i < look->openssl_count; i++) {
        escape(version, look->openssl[i].version);
        printf("%37s %.9s\n", "", *version ? version : "?");
    }
    if (*look->why)
        printf("        %.*s\n", WHY_COLUMNS, look->why);
}

static void part(unsigned int count, const char *text)
{
    if (count)
        printf(", %u %s", count, text);
}

void print_summary(const struct tally *tally)
{
    unsigned int with = tally->covered + tally->guarded + tally->uncovered;

    printf("%u process%s with OpenSSL: %u covered", with, with == 1 ? "" : "es", tally->covered);
    if (tally->self_reported)
        printf(" (%u self-reported)", tally->self_reported);
    part(tally->guarded, "guarded");
    printf(", %u not", tally->uncovered);
    part(tally->not_permitted, "without permission to look");
    part(tally->gone, "gone");
    part(tally->trouble, "in trouble");
    putchar('\n');
}

/* ---- JSON ---- */

/* A text that is no UTF-8 is escaped. */
static json_t *text(const char *bytes)
{
    char safe[ESCAPED_ROOM];
    json_t *string = json_string(bytes);

    if (string)
        return string;
    escape(safe, bytes);
    return json_string(safe);
}

static json_t *text_or_null(const char *bytes)
{
    return bytes && *bytes ? text(bytes) : json_null();
}

static json_t *number(uint64_t value)
{
    return json_integer(value > INT64_MAX ? INT64_MAX : (json_int_t)value);
}

static json_t *figure(const struct look *look, uint64_t value)
{
    return look->has_shim ? number(value) : json_null();
}

static json_t *openssls(const struct look *look)
{
    json_t *list = json_array();

    for (size_t i = 0; i < look->openssl_count; i++) {
        json_t *one = json_object();

        json_object_set_new(one, "object", text(look->openssl[i].object));
        json_object_set_new(one, "version", text_or_null(look->openssl[i].version));
        json_object_set_new(one, "pinned", json_boolean(look->openssl[i].pinned));
        json_object_set_new(one, "guarded", json_boolean(look->openssl[i].guarded));
        json_array_append_new(list, one);
    }
    return list;
}

void print_json(const struct look *look)
{
    static const char *const states[] = {"covered",       "uncovered", "guarded", "no-openssl",
                                         "not-permitted", "gone",      "trouble"};
    json_t *object = json_object();

    json_object_set_new(object, "pid", json_integer(look->pid));
    json_object_set_new(object, "program", text_or_null(look->program));
    json_object_set_new(object, "state", json_string(states[look->state]));
    json_object_set_new(object, "why", text_or_null(look->why));
    json_object_set_new(object, "mode",
                        text_or_null(look->has_shim ? word_of(SETTING_MODE, look->mode) : NULL));
    json_object_set_new(object, "source", text_or_null(source_of(look)));
    json_object_set_new(object, "openssl", openssls(look));
    json_object_set_new(object, "draws", figure(look, look->draws));
    json_object_set_new(object, "bytes", figure(look, look->bytes));
    json_object_set_new(object, "swaps_kept", figure(look, look->swaps));
    json_object_set_new(object, "failures", figure(look, look->failures));
    if (json_dumpf(object, stdout, JSON_COMPACT | JSON_ENSURE_ASCII) == 0)
        putchar('\n');
    json_decref(object);
}
