/*
 * See prove.h.
 */
#include "prove.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ledger.h"
#include "level.h"
#include "table.h"
#include "text.h"

enum {
    SKIPPED = 77, /* the exit status of a script that cannot run here */
    MOST_FINDS = 64,
    SHORTEST_FIND = 16, /* digits: no accident in 64 MiB of ledger */
    BOX_SECONDS = 1200,
    TREE_SECONDS = 1800, /* over a slow line */
};

struct find {
    const char *name, *hex;
};

/* A way to run a program of the table, and whether its finds are then in the ledger. */
struct way {
    const char *mode, *object; /* what is preloaded, or loaded by openssl.cnf */
    const char *configuration; /* a file that is appended to the box's openssl.cnf, or NULL */
    const char *told;
    bool held;
};

static const struct way by_shim = {"activate", "ledger/libosrandom_preload.so", NULL,
                                   "under the shim", true};
static const struct way shim_off = {"builtin", "ledger/libosrandom_preload.so", NULL,
                                    "with OSRANDOM_MODE=builtin", false};
static const struct way by_provider = {"provider", "ledger/engines/osrandom.so",
                                       "tools/examples/openssl-cnf/osrandom-3.0.cnf",
                                       "with the provider", true};
static const struct way without_provider = {"provider", "ledger/engines/osrandom.so", NULL,
                                            "without the provider", false};

static char *first_line(char *text)
{
    text[strcspn(text, "\n")] = '\0';
    return text;
}

char *tree_of_programs(const char *name)
{
    const char *const words[] = {"tests/apps/tree", name, NULL};
    struct outcome made;

    if (geteuid() != 0)
        cr_skip_test("boxes, which are namespaces and mounts, take root");
    if (system("command -v pivot_root >/dev/null") != 0)
        cr_skip_test("pivot_root is missing: apt-get install util-linux-extra");
    made = run(&(struct command){.argv = words, .seconds = TREE_SECONDS});
    if (made.exit_code != 0)
        cr_skip_test("no programs to test: %s", text_last_line(made.err));
    free(made.err);
    return first_line(made.out);
}

struct outcome run_in_box(const char *root, const char *shim, const char *ledger, const char *file,
                          const char *script)
{
    const char *const words[] = {"tests/apps/box", root, shim, ledger, file, NULL};
    struct command command = {.argv = words, .seconds = BOX_SECONDS};
    struct outcome outcome;
    char *common = file_text("words.sh");
    char *whole;

    if (asprintf(&whole, "%s\n%s", common, script) < 0)
        abort();
    command.input = whole;
    command.input_length = strlen(whole);
    outcome = run(&command);
    free(common);
    free(whole);
    return outcome;
}

/* The example as an operator appends it, with the box's module in it. */
static void configure(FILE *script, const char *file)
{
    struct outcome text = run_words(NULL, NULL, NULL, "cat", file, NULL);

    cr_assert(text.exit_code == 0, "%s", text.err);
    fprintf(script,
            "sed \"s!^module = .*!module = $SHIM!\" >>/etc/ssl/openssl.cnf <<'END'\n%sEND\n",
            text.out);
    outcome_free(&text);
}

/* The entry as one script. */
static char *script_of(const struct program *program, const struct way *way)
{
    char *const *fields = program->fields;
    char *script;
    size_t length;
    FILE *stream = open_memstream(&script, &length);

    if (!stream)
        abort();
    fprintf(stream, "MODE=%s\n", way->mode);
    if (way->configuration)
        configure(stream, way->configuration);
    fprintf(stream, "%s\n", fields[PREPARE] ? fields[PREPARE] : "");
    if (fields[START])
        fprintf(stream, "start() {\nunder_shim %s}\nstart >/box/log 2>&1 </dev/null &\n",
                fields[START]);
    if (fields[READY])
        fprintf(stream,
                "ready() {\n%s}\nuntil_true ready || { tail -n 20 /box/log >&2 && exit 1; }\n",
                fields[READY]);
    fputs(fields[DRAW], stream);
    fclose(stream);
    return script;
}

/* Takes the output's lines apart. */
static size_t finds_in(const char *name, char *out, struct find finds[MOST_FINDS])
{
    size_t count = 0;

    for (char *line; (line = strsep(&out, "\n"));) {
        char *value = strchr(line, '=');

        if (!*line)
            continue;
        cr_assert(value && count < MOST_FINDS, "%s: a find is NAME=HEX, not '%s'", name, line);
        *value++ = '\0';
        cr_assert(strlen(value) >= SHORTEST_FIND &&
                      strspn(value, "0123456789abcdefABCDEF") == strlen(value),
                  "%s: too little is known of %s: '%s'", name, line, value);
        finds[count++] = (struct find){.name = line, .hex = value};
    }
    return count;
}

static void check_find(const char *name, const struct ledger *ledger, const struct find *find,
                       bool held)
{
    bool found = ledger_holds_hex(ledger, find->hex);

    cr_expect(found || !held,
              "%s of %s did not come from the system but from OpenSSL's generator: %s", find->name,
              name, find->hex);
    cr_expect(!found || held, "%s of %s is in the ledger, where OpenSSL was left alone: %s",
              find->name, name, find->hex);
}

static void check_each_differs(const char *name, const struct find *finds, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t j = i + 1; j < count; j++)
            cr_expect(strcmp(finds[i].hex, finds[j].hex) != 0, "%s drew the same bytes twice: %s",
                      name, finds[i].hex);
}

static void check_outcome(const char *name, const struct ledger *ledger, struct outcome *outcome,
                          const struct way *way)
{
    bool held = way->held;
    struct find finds[MOST_FINDS];
    size_t count = 0;

    cr_expect(outcome->exit_code == 0, "%s does not work %s:\n%s%s", name, way->told,
              outcome->timed_out ? "it hangs\n" : "", outcome->err);
    if (outcome->exit_code != 0)
        return;
    count = finds_in(name, outcome->out, finds);
    cr_expect(count > 0, "%s: the table's script found nothing to look for", name);
    for (size_t i = 0; i < count; i++)
        check_find(name, ledger, &finds[i], held);
    if (held)
        check_each_differs(name, finds, count);
}

static void prove_way(const char *name, const struct program *program, const char *root,
                      const struct way *way)
{
    struct ledger *ledger = ledger_new();
    char *script = script_of(program, way);
    struct outcome outcome =
        run_in_box(root, built(way->object), ledger->path, program->fields[NEEDS_FILE], script);
    bool skipped = outcome.exit_code == SKIPPED;

    if (!skipped)
        check_outcome(name, ledger, &outcome, way);
    free(script);
    ledger_free(ledger);
    if (skipped)
        cr_skip_test("%s", first_line(outcome.err));
    outcome_free(&outcome);
}

static void prove_both(const char *name, const struct way *with, const struct way *without)
{
    struct program program = program_named(name);
    const char *file = program.fields[NEEDS_FILE];
    char *root;

    if (file && access(file, R_OK) != 0)
        cr_skip_test("this machine has no %s", file);
    root = tree_of_programs(program.fields[ROOT]);
    prove_way(name, &program, root, with);
    prove_way(name, &program, root, without);
    free(root);
    program_free(&program);
}

void prove(const char *name)
{
    prove_both(name, &by_shim, &shim_off);
}

void prove_provider(const char *name)
{
    prove_both(name, &by_provider, &without_provider);
}

void prove_if_all(const char *name)
{
    only_from(LEVEL_ALL);
    prove(name);
}
