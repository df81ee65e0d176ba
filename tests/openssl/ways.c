/*
 * See ways.h.
 */
#include "ways.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct way ways[] = {
    {"openssl-1.1.1", LINKED}, {"openssl-3.0", LINKED},   {"openssl-3.5", LINKED},
    {"openssl-3.6", LINKED},   {"openssl-4.0", LINKED},   {"openssl-1.1.1", LATE},
    {"openssl-3.0", LATE},     {"openssl-3.5", LATE},     {"openssl-3.6", LATE},
    {"openssl-4.0", LATE},     {"openssl-1.0.1", INSIDE}, {"openssl-1.0.2", INSIDE},
    {"openssl-1.1.0", INSIDE},
};

enum { ALL = sizeof(ways) / sizeof(ways[0]), ELDERS = 3, WAYS = ALL - ELDERS };

struct criterion_test_params all_ways(void)
{
    return cr_make_param_array(struct way, ways, WAYS);
}

struct criterion_test_params ways_and_elders(void)
{
    return cr_make_param_array(struct way, ways, ALL);
}

struct criterion_test_params linked_ways(void)
{
    return cr_make_param_array(struct way, ways, WAYS / 2);
}

const struct tree *tree_of(const struct way *way)
{
    return tree_or_skip(way->tree);
}

unsigned int version_of(const struct way *way)
{
    unsigned int major = 0, minor = 0, fix = 0;

    sscanf(tree_of(way)->version, "%u.%u.%u", &major, &minor, &fix);
    return major << 16 | minor << 8 | fix;
}

const char *described(const struct way *way)
{
    static const char *const hows[] = {"linked", "loaded late", "inside the program"};
    static char text[64];

    snprintf(text, sizeof(text), "%s, %s", way->tree, hows[way->how]);
    return text;
}

struct outcome probe(const struct way *way, const char *preload, const char *const *env,
                     const char *name, const char *const *words)
{
    const struct tree *tree = tree_of(way);
    const char *argv[16] = {NULL};
    struct command command = {.argv = argv, .env = env, .preload = preload};
    char file[128];
    size_t count = 0;

    snprintf(file, sizeof(file), "probes/%s/%s%s", way->tree, name, way->how ? ".so" : "");
    if (way->how == INSIDE) {
        argv[count++] = tree->loader;
        argv[count++] = "-e";
        argv[count++] = "require(process.argv[1])";
        argv[count++] = built("probes/inside/inside.node");
    } else {
        command.tree = tree;
    }
    if (way->how == LATE)
        argv[count++] = built("programs/late");
    argv[count++] = built(file);
    for (; words && *words; words++)
        argv[count++] = *words;
    return run(&command);
}

static void expect_held(const struct way *way, const struct ledger *ledger,
                        const struct outcome *outcome, const char *const *names, bool held)
{
    for (; *names; names++) {
        char *value = outcome_value(outcome, *names);

        cr_expect(value != NULL, "%s: the probe printed no %s", described(way), *names);
        if (value && held)
            cr_expect(ledger_holds_hex(ledger, value),
                      "%s: %s=%s did not come from the operating system", described(way), *names,
                      value);
        if (value && !held)
            cr_expect(!ledger_holds_hex(ledger, value),
                      "%s: %s=%s is in the ledger, so this check proves nothing", described(way),
                      *names, value);
        free(value);
    }
}

void expect_drawn(const struct way *way, const struct ledger *ledger, const struct outcome *outcome,
                  const char *const *names)
{
    expect_held(way, ledger, outcome, names, true);
}

void expect_not_drawn(const struct way *way, const struct ledger *ledger,
                      const struct outcome *outcome, const char *const *names)
{
    expect_held(way, ledger, outcome, names, false);
}

void expect_number(const struct way *way, const struct outcome *outcome, const char *name,
                   long number)
{
    char *value = outcome_value(outcome, name);

    cr_expect(value && atol(value) == number, "%s: %s is %s, and should be %ld", described(way),
              name, value ? value : "missing", number);
    free(value);
}

void expect_clean(const struct way *way, const struct outcome *outcome, const char *err)
{
    cr_expect(outcome->exit_code == 0, "%s: exit %d, signal %d%s: %s", described(way),
              outcome->exit_code, outcome->signal, outcome->timed_out ? ", timed out" : "",
              outcome->err);
    if (outcome->exit_code == 0)
        cr_expect(strcmp(outcome->err, err) == 0, "%s: printed '%s' and should '%s'",
                  described(way), outcome->err, err);
}
