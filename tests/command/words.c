/*
 * See words.h.
 */
#include "words.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_WORDS = 48 };

static char place[64];

static struct outcome run_list(const char *const *env, const char *words[MOST_WORDS], size_t count,
                               va_list arguments)
{
    struct command command = {.argv = words, .env = env};

    while (count < MOST_WORDS - 1 && (words[count] = va_arg(arguments, const char *)))
        count++;
    words[count] = NULL;
    return run(&command);
}

struct outcome osrandom(const char *const *env, ...)
{
    const char *words[MOST_WORDS] = {built("osrandom")};
    struct outcome outcome;
    va_list arguments;

    va_start(arguments, env);
    outcome = run_list(env, words, 1, arguments);
    va_end(arguments);
    return outcome;
}

struct outcome shell(const char *script, ...)
{
    const char *words[MOST_WORDS] = {"sh", "-euc", script, "sh"};
    const char *env[] = {text_format("OSRANDOM=%s", built("osrandom")),
                         text_format("SHIM=%s", the_shim()), NULL};
    struct outcome outcome;
    va_list arguments;

    va_start(arguments, script);
    outcome = run_list(env, words, 4, arguments);
    va_end(arguments);
    return outcome;
}

static void expect_part(const char *whole, const char *part, const char *where, const char *lost)
{
    if (part && !*part)
        cr_expect_str_eq(whole, "", "%s: it said on %s: %s", lost, where, whole);
    else if (part)
        cr_expect(strstr(whole, part), "%s: no '%s' on %s: %s", lost, part, where, whole);
}

void expect(const struct outcome *outcome, int status, const char *out, const char *err,
            const char *lost)
{
    cr_expect(outcome->exit_code == status, "%s: it ended with %d (signal %d), not %d: %s%s", lost,
              outcome->exit_code, outcome->signal, status, outcome->out, outcome->err);
    expect_part(outcome->out, out, "standard output", lost);
    expect_part(outcome->err, err, "standard error", lost);
}

/* ---- Files ---- */

const char *directory(void)
{
    if (!*place) {
        strcpy(place, "/tmp/osrandom-command-XXXXXX");
        cr_assert(mkdtemp(place), "no directory can be made below /tmp");
        cr_assert_eq(chmod(place, 0755), 0);
    }
    return place;
}

char *file_of(const char *name, const char *text, mode_t mode)
{
    char *path = text_format("%s/%s", directory(), name);
    FILE *file = fopen(path, "we");

    cr_assert(file && fputs(text, file) >= 0 && fclose(file) == 0, "%s cannot be written", path);
    cr_assert_eq(chmod(path, mode), 0);
    return path;
}

char *copy_of(const char *from, const char *name, mode_t mode)
{
    char *path = text_format("%s/%s", directory(), name);
    struct outcome outcome = run_words(NULL, NULL, NULL, "cp", "-L", from, path, NULL);

    cr_assert_eq(outcome.exit_code, 0, "%s", outcome.err);
    outcome_free(&outcome);
    cr_assert_eq(chmod(path, mode), 0);
    return path;
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *where)
{
    (void)status;
    (void)type;
    (void)where;
    return remove(path);
}

void clean_up(void)
{
    if (*place)
        nftw(place, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
    *place = '\0';
}
