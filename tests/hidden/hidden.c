/*
 * See hidden.h.
 */
#include "hidden.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const trees[] = {"openssl-3.0", "openssl-3.5", "openssl-3.6", "openssl-4.0"};
enum { TREES = sizeof(trees) / sizeof(trees[0]), MOST = 32 };

struct criterion_test_params carriers(const char *const *names)
{
    static struct carrier all[MOST];
    size_t count = 0;

    for (size_t tree = 0; tree < TREES; tree++)
        for (size_t i = 0; names[i]; i++, count++) {
            snprintf(all[count].tree, sizeof(all[count].tree), "%s", trees[tree]);
            snprintf(all[count].name, sizeof(all[count].name), "%s", names[i]);
        }
    return cr_make_param_array(struct carrier, all, count);
}

const char *described(const struct carrier *carrier)
{
    static char text[64];

    snprintf(text, sizeof(text), "%s, %s", carrier->tree, carrier->name);
    return text;
}

const struct tree *linked_tree_or_skip(const char *name)
{
    const struct tree *tree = tree_or_skip(name);
    struct outcome stock;
    char program[64];
    bool crashes;

    if (sizeof(long) == 8)
        return tree;
    snprintf(program, sizeof(program), "hidden/%s/program", name);
    stock = run_words(NULL, NULL, NULL, built(program), "keys", NULL);
    crashes = stock.signal != 0;
    outcome_free(&stock);
    if (crashes)
        cr_skip_test("what this linker makes of %s's static libraries crashes by itself", name);
    return tree;
}

struct outcome run_file(const struct carrier *carrier, const char *preload, const char *const *env,
                        const char *file, const char *how)
{
    const struct tree *tree = linked_tree_or_skip(carrier->tree);

    return strstr(file, ".so")
               ? run_words(preload, tree, env, built("programs/late"), file, how, NULL)
               : run_words(preload, NULL, env, file, how, NULL);
}

struct outcome run_carrier(const struct carrier *carrier, const char *preload,
                           const char *const *env, const char *how)
{
    char file[64];

    linked_tree_or_skip(carrier->tree);
    snprintf(file, sizeof(file), "hidden/%s/%s", carrier->tree, carrier->name);
    return run_file(carrier, preload, env, built(file), how);
}

void expect_end(const struct carrier *carrier, const struct outcome *outcome)
{
    cr_assert(outcome->exit_code == 0, "%s: exit %d, signal %d%s: %s", described(carrier),
              outcome->exit_code, outcome->signal, outcome->timed_out ? ", hangs" : "",
              outcome->err);
}

static void judge(const struct carrier *carrier, const struct ledger *ledger,
                  const struct outcome *outcome, bool drawn)
{
    enum { DIGITS = 64 };
    size_t values = 0;

    for (const char *line = outcome->out; *line; line += strcspn(line, "\n"), line += *line != 0) {
        const char *value = strchr(line, '=');
        char *text;

        if (!value || strcspn(value + 1, "\n") != DIGITS)
            continue;
        text = strndup(value + 1, DIGITS);
        cr_expect(ledger_holds_hex(ledger, text) == drawn, "%s: %.*s did%s come from the system",
                  described(carrier), (int)(value - line), line, drawn ? " not" : "");
        values++;
        free(text);
    }
    cr_expect(values > 0, "%s: nothing was drawn: %s", described(carrier), outcome->out);
}

void expect_all_drawn(const struct carrier *carrier, const struct ledger *ledger,
                      const struct outcome *outcome)
{
    judge(carrier, ledger, outcome, true);
}

void expect_none_drawn(const struct carrier *carrier, const struct ledger *ledger,
                       const struct outcome *outcome)
{
    judge(carrier, ledger, outcome, false);
}

void expect_said(const struct carrier *carrier, const struct outcome *outcome, const char *text)
{
    cr_expect(text ? strstr(outcome->err, text) != NULL : *outcome->err == '\0',
              "%s: the operator reads '%s', not '%s'", described(carrier), outcome->err,
              text ? text : "");
}
