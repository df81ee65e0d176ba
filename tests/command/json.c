/*
 * See json.h.
 */
#include "json.h"

#include <criterion/criterion.h>

#include "words.h"

json_t *object_of(const struct held *held, int status)
{
    struct outcome outcome = osrandom(NULL, "status", "--json", held->text, NULL);
    json_error_t error;
    json_t *object = json_loads(outcome.out, 0, &error);

    cr_assert(object, "no JSON (%s): %s%s", error.text, outcome.out, outcome.err);
    cr_expect_eq(outcome.exit_code, status, "a monitor is told %d instead of %d: %s",
                 outcome.exit_code, status, outcome.out);
    outcome_free(&outcome);
    return object;
}

const char *text_in(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "(none)";
}
