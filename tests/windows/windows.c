/*
 * See windows.h.
 */
#include "windows.h"
#include "level.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_WORDS = 32, SECONDS = 120, SECONDS_TO_FETCH = 900 };

static bool has_wine(void)
{
    const char *cache = getenv("XDG_CACHE_HOME");
    char path[4096];
    FILE *file;

    snprintf(path, sizeof(path), "%s%s/osrandom/wine/ready/drive/system.reg",
             cache && *cache ? cache : getenv("HOME"), cache && *cache ? "" : "/.cache");
    file = fopen(path, "re");
    if (file)
        fclose(file);
    return file != NULL;
}

static void need_wine(void)
{
    struct command get = {.argv = WORDS("tests/windows/wine", "get"), .seconds = SECONDS_TO_FETCH};
    struct outcome outcome;

    if (has_wine())
        return;
    if (level() < LEVEL_ALL)
        cr_skip_test("Wine has not been fetched: tests/windows/wine get, or OSRANDOM_TEST_ALL=1");
    outcome = run(&get);
    if (outcome.exit_code != 0)
        cr_skip_test("Wine is not to be had: %s", outcome.err);
    outcome_free(&outcome);
}

const char *windows_file(const char *name)
{
    char path[256];

    if (system("command -v x86_64-w64-mingw32-gcc >/dev/null") != 0)
        cr_skip_test("mingw-w64 is missing: apt-get install gcc-mingw-w64-x86-64");
    snprintf(path, sizeof(path), "windows/%s", name);
    return built(path);
}

struct outcome wine_run(const char *const *env, const char *const *words)
{
    const char *argv[MOST_WORDS] = {"tests/windows/wine", "run"};
    struct command command = {.argv = argv, .env = env, .seconds = SECONDS};

    need_wine();
    for (size_t i = 0; words[i] && i < MOST_WORDS - 3; i++)
        argv[i + 2] = words[i];
    return run(&command);
}

void expect_value(const struct outcome *outcome, const char *name, const char *value,
                  const char *what)
{
    char *actual = outcome_value(outcome, name);

    cr_expect(actual && strcmp(actual, value) == 0, "%s: %s is %s, not %s\n%s%s", what, name,
              actual ? actual : "not told", value, outcome->out, outcome->err);
    free(actual);
}
