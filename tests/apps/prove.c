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

enum {
    SKIPPED = 77, /* the exit status of a script that cannot run here */
    MOST_FINDS = 64,
    SHORTEST_FIND = 16, /* digits: no accident in 64 MiB of ledger */
    BOX_SECONDS = 600,
    TREE_SECONDS = 1800, /* over a slow line */
};

struct find {
    const char *name, *hex;
};

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
        cr_skip_test("no programs to test: %s", made.err);
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

/* The entry as one script. */
static char *script_of(const struct program *program, const char *mode)
{
    char *const *fields = program->fields;
    char *script;
    size_t length;
    FILE *stream = open_memstream(&script, &length);

    if (!stream)
        abort();
    fprintf(stream, "MODE=%s\n%s\n", mode, fields[PREPARE] ? fields[PREPARE] : "");
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
              "%s of %s did not come from the shim but from OpenSSL's generator: %s", find->name,
              name, find->hex);
    cr_expect(!found || held, "%s of %s is in the ledger of a shim that left OpenSSL alone: %s",
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
                          bool held)
{
    struct find finds[MOST_FINDS];
    size_t count = 0;

    cr_expect(outcome->exit_code == 0, "%s does not work %s:\n%s%s", name,
              held ? "under the shim" : "with OSRANDOM_MODE=builtin",
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

/* In the mode activate every find is held in the ledger, in builtin none. */
static void prove_mode(const char *name, const struct program *program, const char *root, bool held)
{
    struct ledger *ledger = ledger_new();
    char *script = script_of(program, held ? "activate" : "builtin");
    struct outcome outcome =
        run_in_box(root, the_ledger_shim(), ledger->path, program->fields[NEEDS_FILE], script);
    bool skipped = outcome.exit_code == SKIPPED;

    if (!skipped)
        check_outcome(name, ledger, &outcome, held);
    free(script);
    ledger_free(ledger);
    if (skipped)
        cr_skip_test("%s", first_line(outcome.err));
    outcome_free(&outcome);
}

void prove(const char *name)
{
    struct program program = program_named(name);
    const char *file = program.fields[NEEDS_FILE];
    char *root;

    if (file && access(file, R_OK) != 0)
        cr_skip_test("this machine has no %s", file);
    root = tree_of_programs(program.fields[ROOT]);
    prove_mode(name, &program, root, true);
    prove_mode(name, &program, root, false);
    free(root);
    program_free(&program);
}

void prove_if_all(const char *name)
{
    only_from(LEVEL_ALL);
    prove(name);
}
