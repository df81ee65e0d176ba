/*
 * See hunt.h.
 */
#include "hunt.h"
#include "level.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *set_value(const char *name)
{
    const char *value = getenv(name);

    return value && *value ? value : NULL;
}

unsigned int hunt_number(const char *name, unsigned int quick, unsigned int whole)
{
    if (set_value(name))
        return (unsigned int)strtoul(set_value(name), NULL, 10);
    return level() == LEVEL_ALL ? whole : quick;
}

void hunt_only_if_all(const char *name)
{
    if (!set_value(name))
        only_from(LEVEL_ALL);
}

const char *hunt_built(const char *file, const char *reason)
{
    char path[256];

    snprintf(path, sizeof(path), "%s/%s", BUILD_DIR, file);
    if (access(path, R_OK) != 0)
        cr_skip_test("%s", reason);
    return built(file);
}

void hunt_need(const char *program, const char *package)
{
    char find[128];
    struct outcome outcome;

    snprintf(find, sizeof(find), "command -v %s", program);
    outcome = run_words(NULL, NULL, NULL, "/bin/sh", "-c", find, NULL);
    if (outcome.exit_code != 0)
        cr_skip_test("there is no %s here (package %s)", program, package);
    outcome_free(&outcome);
}

double hunt_figure(const struct outcome *outcome, const char *name)
{
    char *value = outcome_value(outcome, name);
    double number;

    cr_assert(value, "no line %s= in: %s%s", name, outcome->out, outcome->err);
    number = strtod(value, NULL);
    free(value);
    return number;
}
