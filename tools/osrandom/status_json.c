/*
 * What osrandom status tells machines: osrandom(8), "JSON".
 */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "command.h"
#include "status_words.h"

/* A text that is no UTF-8 is escaped. */
static json_t *text(const char *bytes)
{
    json_t *string = json_string(bytes);
    char *safe;

    if (string)
        return string;
    safe = printable(bytes);
    string = json_string(safe);
    free(safe);
    return string;
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
    return look->has_figures ? number(value) : json_null();
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
        json_object_set_new(one, "provided", json_boolean(look->openssl[i].provided));
        json_array_append_new(list, one);
    }
    return list;
}

/* All of it is ASCII: a terminal may be looking on. */
static void print(json_t *object)
{
    if (json_dumpf(object, stdout, JSON_COMPACT | JSON_ENSURE_ASCII) == 0)
        putchar('\n');
    json_decref(object);
}

static void set_identity(json_t *object, const struct identity *identity)
{
    json_object_set_new(object, "program", text_or_null(identity->program));
    json_object_set_new(object, "user", text_or_null(identity->user));
    json_object_set_new(object, "uid", identity->is_known ? number(identity->uid) : json_null());
    json_object_set_new(object, "unit", text_or_null(identity->unit));
    json_object_set_new(object, "container", text_or_null(identity->container));
    json_object_set_new(object, "cgroup", text_or_null(identity->cgroup));
}

void json_print(const struct look *look)
{
    json_t *object = json_object();

    json_object_set_new(object, "pid", json_integer(look->pid));
    set_identity(object, &look->identity);
    json_object_set_new(object, "state", json_string(state_for_machines(look)));
    json_object_set_new(object, "self_reported", json_boolean(look->self_reported));
    json_object_set_new(object, "why", text_or_null(look->why));
    json_object_set_new(object, "mode", text_or_null(mode_of(look)));
    json_object_set_new(object, "rule", text_or_null(rule_of(look)));
    json_object_set_new(object, "source", text_or_null(source_of(look)));
    json_object_set_new(object, "word_bits",
                        look->has_figures ? number(8 * look->word) : json_null());
    json_object_set_new(object, "openssl", openssls(look));
    json_object_set_new(object, "draws", figure(look, look->draws));
    json_object_set_new(object, "bytes", figure(look, look->bytes));
    json_object_set_new(object, "refused", figure(look, look->swaps));
    json_object_set_new(object, "swaps_kept", figure(look, look->swaps)); /* its name of before */
    json_object_set_new(object, "failures", figure(look, look->failures));
    print(object);
}

/* As RFC 3339 has it. */
static json_t *moment(time_t when)
{
    char words[32] = "";
    struct tm parts;

    if (gmtime_r(&when, &parts))
        strftime(words, sizeof(words), "%Y-%m-%dT%H:%M:%SZ", &parts);
    return json_string(words);
}

void json_print_end(const struct tally *tally, unsigned int round, time_t began, int status)
{
    json_t *object = json_object();

    json_object_set_new(object, "end_of_round", json_integer(round));
    json_object_set_new(object, "began", moment(began));
    json_object_set_new(object, "ended", moment(time(NULL)));
    for (int i = 0; i < LOOK_PASSED; i++) {
        const struct look look = {.state = (enum look_state)i};

        json_object_set_new(object, state_for_machines(&look), number(tally->states[i]));
    }
    json_object_set_new(object, "self_reported", number(tally->self_reported));
    json_object_set_new(object, "exit_status", json_integer(status));
    print(object);
}
