/*
 * See surroundings.h.
 */
#include "surroundings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CANNOT_RUN = 77 };

static const char *last_words(const char *const *words)
{
    static char text[256];
    const char *slash = NULL;
    size_t used = 0;

    text[0] = '\0';
    for (; *words && used < sizeof(text) - 1; words++) {
        slash = strrchr(*words, '/');
        used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s", used ? " " : "",
                                 slash ? slash + 1 : *words);
    }
    return text;
}

struct played play(const struct scene *scene)
{
    struct played played = {.what = last_words(scene->words), .ledger = ledger_new()};
    const char *env[4] = {played.ledger->env};
    struct command command = {
        .argv = scene->words, .env = env, .tree = scene->tree, .seconds = scene->seconds};
    size_t count = 1;
    char *reason;

    if (scene->setting)
        env[count++] = scene->setting;
    if (scene->other)
        env[count++] = scene->other;
    if (!scene->by_hand)
        command.preload = scene->preload ? scene->preload : the_ledger_shim();
    played.outcome = run(&command);
    reason = outcome_value(&played.outcome, "cannot_run");
    if (played.outcome.exit_code == CANNOT_RUN) {
        ledger_free(played.ledger);
        cr_skip_test("%s", reason ? reason : "the program cannot run here");
    }
    free(reason);
    return played;
}

void played_free(struct played *played)
{
    outcome_free(&played->outcome);
    ledger_free(played->ledger);
}

void expect_end(const struct played *played, const char *err)
{
    const struct outcome *outcome = &played->outcome;

    cr_expect(outcome->exit_code == 0, "%s ended with %d, signal %d%s: %s%s", played->what,
              outcome->exit_code, outcome->signal, outcome->timed_out ? ", out of time" : "",
              outcome->out, outcome->err);
    if (*err)
        cr_expect(strstr(outcome->err, err), "%s: the operator reads '%s', and not '%s'",
                  played->what, outcome->err, err);
    else
        cr_expect(*outcome->err == '\0', "%s is not quiet: %s", played->what, outcome->err);
}

static void expect_in_ledger(const struct played *played, const char *const *names, bool wanted)
{
    for (; *names; names++) {
        char *value = outcome_value(&played->outcome, *names);

        cr_expect(value && strcmp(value, "refused") != 0, "%s: no %s was drawn (%s)", played->what,
                  *names, value ? value : "no such line");
        if (value && wanted)
            cr_expect(ledger_holds_hex(played->ledger, value),
                      "%s: %s=%s did not come from the operating system", played->what, *names,
                      value);
        else if (value)
            cr_expect(!ledger_holds_hex(played->ledger, value),
                      "%s: %s=%s came from the operating system, which preload/README.md denies",
                      played->what, *names, value);
        free(value);
    }
}

void expect_ours(const struct played *played, const char *const *names)
{
    expect_in_ledger(played, names, true);
}

void expect_not_ours(const struct played *played, const char *const *names)
{
    expect_in_ledger(played, names, false);
}

void expect_value(const struct played *played, const char *name, const char *value)
{
    char *found = outcome_value(&played->outcome, name);

    cr_expect(found && strcmp(found, value) == 0, "%s: %s is %s, and should be %s", played->what,
              name, found ? found : "missing", value);
    free(found);
}

void expect_at_least(const struct played *played, const char *name, unsigned long number)
{
    char *found = outcome_value(&played->outcome, name);

    cr_expect(found && strtoul(found, NULL, 10) >= number,
              "%s: %s is %s, and should be %lu or more", played->what, name,
              found ? found : "missing", number);
    free(found);
}

void need_mounts(void)
{
    struct outcome outcome = run_words(NULL, NULL, NULL, "unshare", "--mount", "mount", "-t",
                                       "tmpfs", "none", "/mnt", NULL);
    bool can = geteuid() == 0 && outcome.exit_code == 0;

    outcome_free(&outcome);
    if (!can)
        cr_skip_test("only root may mount a file system in a namespace of its own");
}

bool openssl_is_symbolic(void)
{
    static const char script[] =
        "readelf -d \"$(ldd \"$1\" | sed -n 's!.*=> \\(/.*libcrypto[^ ]*\\).*!\\1!p')\"";
    struct outcome outcome =
        run_words(NULL, NULL, NULL, "sh", "-c", script, "sh", OURS("module.so"), NULL);
    bool is_symbolic;

    cr_assert(strstr(outcome.out, "SONAME"), "libcrypto cannot be read: %s", outcome.err);
    is_symbolic = strstr(outcome.out, "SYMBOLIC") != NULL;
    outcome_free(&outcome);
    return is_symbolic;
}

const char *both(const char *one, const char *other)
{
    char *text = NULL;

    if (asprintf(&text, "%s:%s", one, other) < 0)
        abort();
    return text;
}
