/*
 * See program.h. "#!/usr/bin/env NAME" is followed to NAME (env_line.h), for half of all scripts
 * begin so.
 */
#include "program.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "env_line.h"
#include "locate.h"
#include "regular.h"

enum { MOST_INTERPRETERS = 5, LONGEST_LINE = 256 }; /* as the kernel has them, execve(2) */

/* Reads the #! line: its interpreter, and the rest, which is handed over as one argument; false if
 * the file has none. */
static bool read_first_line(FILE *file, char line[LONGEST_LINE], char **interpreter, char **rest)
{
    char *end;

    if (!fgets(line, LONGEST_LINE, file) || strncmp(line, "#!", 2) != 0)
        return false;
    for (end = line + strcspn(line, "\n"); end > line && strchr(" \t", end[-1]); end--)
        ;
    *end = '\0';
    *interpreter = line + 2 + strspn(line + 2, " \t");
    *rest = *interpreter + strcspn(*interpreter, " \t");
    if (**rest)
        *(*rest)++ = '\0';
    *rest += strspn(*rest, " \t");
    return **interpreter != '\0';
}

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/* The next interpreter; NULL at the end, or with the program's error set. */
static char *interpreter_of(const char *path, struct program *program)
{
    char line[LONGEST_LINE];
    char *named, *rest, *found = NULL;
    const char *error = "is not found";
    struct stat status;
    int descriptor = regular_open(path, &status);
    FILE *file = descriptor < 0 ? NULL : fdopen(descriptor, "r");

    if (!file) {
        program->error = text_of("%s cannot be read: %s", path, strerror(errno));
        return NULL;
    }
    if (read_first_line(file, line, &named, &rest)) {
        found = locate(named, getenv("PATH"));
        if (found && strcmp(last_part(named), "env") == 0 && *rest) {
            free(found);
            found = env_line_program(rest, &program->takes_preload_away, &error);
        }
        if (!found)
            program->error = text_of("the interpreter in the #! line of %s %s", path, error);
    }
    fclose(file);
    return found;
}

struct program *program_find(const char *name)
{
    struct program *program = grown(NULL, 0, sizeof(*program));
    char *next;

    *program = (struct program){.path = locate(name, getenv("PATH"))};
    if (!program->path) {
        program->error = text_of("%s is not found", name);
        return program;
    }
    next = interpreter_of(program->path, program);
    for (int i = 0; next && i < MOST_INTERPRETERS; i++) {
        free(program->interpreter);
        program->interpreter = next;
        next = interpreter_of(next, program);
    }
    if (next)
        program->error = text_of("the #! lines of %s lead on and on", program->path);
    free(next);
    return program;
}

void program_free(struct program *program)
{
    free(program->path);
    free(program->interpreter);
    free(program->error);
    free(program);
}
