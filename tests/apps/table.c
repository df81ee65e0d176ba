/*
 * See table.h.
 */
#include "table.h"

#include <criterion/criterion.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const keys[FIELDS] = {"root", "file", "prepare", "start", "ready", "draw"};

char *file_text(const char *name)
{
    char path[128];
    char *text = NULL;
    size_t length = 0;
    FILE *file;

    snprintf(path, sizeof(path), "tests/apps/%s", name);
    file = fopen(path, "re");
    if (!file)
        cr_assert_fail("%s cannot be read; run the tests from the top of the source", path);
    if (getdelim(&text, &length, '\0', file) < 0)
        cr_assert_fail("%s is empty", path);
    fclose(file);
    return text;
}

static char *with_line(char *text, const char *line)
{
    char *longer = NULL;

    if (asprintf(&longer, "%s%s\n", text ? text : "", line) < 0)
        abort();
    free(text);
    return longer;
}

static bool is_heading(const char *line, const char *name)
{
    size_t length = strlen(name);

    return line[0] == '[' && strncmp(line + 1, name, length) == 0 &&
           strcmp(line + 1 + length, "]") == 0;
}

/* "KEY" or "KEY VALUE". */
static enum field take_key(struct program *program, const char *line)
{
    size_t length = strcspn(line, " ");

    for (int field = 0; field < FIELDS; field++) {
        if (strncmp(line, keys[field], length) != 0 || keys[field][length])
            continue;
        if (line[length])
            program->fields[field] = with_line(program->fields[field], line + length + 1);
        return (enum field)field;
    }
    cr_assert_fail("programs.table: what is '%s'?", line);
    return FIELDS;
}

/* Line by line; a line that begins with a tab belongs to the last key. */
static bool take_entry(struct program *program, char *text, const char *name)
{
    enum field last = FIELDS;
    bool inside = false, found = false;
    char *rest = text;

    for (char *line; (line = strsep(&rest, "\n"));) {
        if (*line == '[') {
            inside = is_heading(line, name);
            found |= inside;
        } else if (!inside || *line == '#') {
            continue;
        } else if (*line == '\t') {
            cr_assert(last < FIELDS, "programs.table: %s: a line before any key", name);
            program->fields[last] = with_line(program->fields[last], line + 1);
        } else if (!*line) {
            if (last < FIELDS)
                program->fields[last] = with_line(program->fields[last], "");
        } else {
            last = take_key(program, line);
        }
    }
    return found;
}

struct program program_named(const char *name)
{
    struct program program = {{NULL}};
    char *text = file_text("programs.table");

    cr_assert(take_entry(&program, text, name), "programs.table has no [%s]", name);
    cr_assert(program.fields[ROOT] && program.fields[DRAW], "programs.table: [%s] is not complete",
              name);
    for (int field = ROOT; field <= NEEDS_FILE; field++)
        if (program.fields[field])
            program.fields[field][strcspn(program.fields[field], "\n")] = '\0';
    free(text);
    return program;
}

void program_free(struct program *program)
{
    for (int field = 0; field < FIELDS; field++)
        free(program->fields[field]);
}
