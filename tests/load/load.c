/*
 * See load.h.
 */
#include "load.h"

#include <criterion/criterion.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool load_built(const char *file)
{
    char *path = text_format("%s/load/%s", BUILD_DIR, file);
    bool there = access(path, R_OK) == 0;

    free(path);
    return there;
}

const char *load_file(const char *file)
{
    char *below = text_format("load/%s", file);
    const char *path = built(below);

    free(below);
    return path;
}

char *directory_new(void)
{
    char *directory = text_format("/tmp/osrandom-load-XXXXXX");

    cr_assert(mkdtemp(directory) != NULL, "no temporary directory can be made in /tmp");
    return directory;
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *where)
{
    (void)status;
    (void)type;
    (void)where;
    return remove(path);
}

void directory_free(char *directory)
{
    nftw(directory, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(directory);
}

char *text_of_file(const char *path)
{
    FILE *file = fopen(path, "re");
    char *text = NULL;
    size_t room = 0;

    cr_assert(file != NULL, "cannot open %s", path);
    if (getdelim(&text, &room, '\0', file) < 0) {
        free(text);
        text = strdup("");
    }
    fclose(file);
    return text;
}

static size_t same_length(const char *one, const char *other)
{
    size_t length = 0;

    while (one[length] && one[length] == other[length])
        length++;
    return length;
}

/* Shows both texts from the line on in which they part. */
static void expect_same_text(const char *stock, const char *ours, const char *what)
{
    size_t start = same_length(stock, ours);

    if (stock[start] == ours[start])
        return;
    while (start > 0 && stock[start - 1] != '\n')
        start--;
    cr_expect_fail("%s says \"%.200s\" under the shim, \"%.200s\" without", what, ours + start,
                   stock + start);
}

void expect_same(const struct outcome *stock, const struct outcome *ours, const char *what)
{
    cr_expect(ours->exit_code == stock->exit_code && ours->signal == stock->signal,
              "%s ends with %d (signal %d) under the shim, with %d (signal %d) without", what,
              ours->exit_code, ours->signal, stock->exit_code, stock->signal);
    expect_same_text(stock->out, ours->out, what);
    expect_same_text(stock->err, ours->err, what);
}

void expect_exit(const struct outcome *outcome, int code, const char *what)
{
    cr_expect(outcome->exit_code == code, "%s ended with %d (signal %d) instead of %d: %s%s", what,
              outcome->exit_code, outcome->signal, code, outcome->out, outcome->err);
    cr_expect_str_eq(outcome->err, "", "%s is not silent: %s", what, outcome->err);
}

void expect_from_us(const struct outcome *outcome, const struct ledger *ledger, const char *what,
                    ...)
{
    va_list names;
    const char *name;

    va_start(names, what);
    while ((name = va_arg(names, const char *))) {
        char *hex = outcome_value(outcome, name);

        cr_expect(hex && ledger_holds_hex(ledger, hex),
                  "%s: %s=%s was not drawn from the operating system", what, name,
                  hex ? hex : "(no such line)");
        free(hex);
    }
    va_end(names);
}
