/*
 * See harmless.h.
 */
#include "harmless.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "text.h"

/* What a probe prints of a child that did not end by itself. */
#define CRASHED "ended with status"

enum { CANNOT_RUN = 77, MOST_SHOWN = 10, ROOM = 8192 };

const char *const modes[] = {"OSRANDOM_MODE=activate", "OSRANDOM_MODE=register",
                             "OSRANDOM_MODE=builtin", "OSRANDOM_MODE=reseed", NULL};

char *file_with(const char *text)
{
    char *path = strdup("/tmp/osrandom-harmless-XXXXXX");
    FILE *file = fdopen(mkstemp(path), "w");

    cr_assert(file != NULL);
    fputs(text, file);
    fclose(file);
    return path;
}

const char *modules_of(const struct tree *tree)
{
    return text_format("OPENSSL_MODULES=%s/ossl-modules", tree->libraries);
}

void skip_if_it_cannot_run(const struct outcome *outcome)
{
    char *reason = outcome_value(outcome, "cannot_run");

    if (outcome->exit_code == CANNOT_RUN)
        cr_skip_test("%s", reason ? reason : "the program cannot run here");
    free(reason);
}

const char *described_with(const struct way *way, const char *setting)
{
    static char text[128];

    snprintf(text, sizeof(text), "%s%s%s", described(way), setting ? ", " : "",
             setting ? setting : "");
    return text;
}

static size_t count_lines(const char *text)
{
    size_t lines = 0;

    for (; (text = strchr(text, '\n')); text++)
        lines++;
    return lines;
}

/* Appends what may still fit. */
static void show(char shown[ROOM], const char *name, const char *before, const char *after)
{
    size_t length = strlen(shown);

    snprintf(shown + length, ROOM - length, "\n  %s\n    stock: %s\n    shim:  %s", name, before,
             after ? after : "missing");
}

void expect_same_lines(const char *what, const char *loss, const struct outcome *stock,
                       const struct outcome *shim)
{
    char *copy = strdup(stock->out), *rest = copy, *line, shown[ROOM] = "";
    size_t differ = 0;

    cr_expect(stock->exit_code == 0 && *stock->out, "%s: stock ends with %d, signal %d: %s", what,
              stock->exit_code, stock->signal, stock->err);
    cr_expect(shim->exit_code == 0, "%s: the shim's side ends with %d, signal %d%s: %s", what,
              shim->exit_code, shim->signal, shim->timed_out ? ", timed out" : "", shim->err);
    cr_expect(count_lines(stock->out) == count_lines(shim->out),
              "%s: %zu lines on stock, %zu with the shim", what, count_lines(stock->out),
              count_lines(shim->out));
    while ((line = strsep(&rest, "\n"))) {
        char *before = strchr(line, '='), *after;

        if (!before)
            continue;
        *before++ = '\0';
        if (strncmp(before, CRASHED, strlen(CRASHED)) == 0)
            continue;
        after = outcome_value(shim, line);
        if ((!after || strcmp(before, after) != 0) && ++differ <= MOST_SHOWN)
            show(shown, line, before, after);
        free(after);
    }
    cr_expect(differ == 0, "%s: %s; %zu of %zu differ from stock:%s%s", what, loss, differ,
              count_lines(stock->out), shown, differ > MOST_SHOWN ? "\n  and more" : "");
    free(copy);
}

void leave_out(struct outcome *outcome, const char *words)
{
    char *kept = outcome->out;

    for (char *line = outcome->out, *next; *line; line = next) {
        size_t length = strcspn(line, "\n");

        next = line + length + (line[length] == '\n');
        if (!memmem(line, length, words, strlen(words))) {
            memmove(kept, line, (size_t)(next - line));
            kept += next - line;
        }
    }
    *kept = '\0';
    outcome->out_length = strlen(outcome->out);
}
