/*
 * See program.h. "#!/usr/bin/env NAME" is followed to NAME, with env's -S and its settings of
 * variables passed over, for half of all scripts begin so.
 */
#include "program.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"

enum { MOST_INTERPRETERS = 5, LONGEST_LINE = 256 }; /* as the kernel has them, execve(2) */

static bool is_file(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

/* The first executable in PATH; like execvp(3), the default is without the current directory. */
static char *in_search_path(const char *name)
{
    const char *search = getenv("PATH");

    for (search = search ? search : "/bin:/usr/bin"; search; search = strchr(search, ':')) {
        size_t length;
        char *path;

        if (*search == ':')
            search++;
        length = strcspn(search, ":");
        path = text_of("%.*s/%s", (int)length, search, name);
        if (length == 0)
            memmove(path, path + 1, strlen(path));
        if (is_file(path) && access(path, X_OK) == 0)
            return path;
        free(path);
    }
    return NULL;
}

static char *locate(const char *name)
{
    if (!strchr(name, '/'))
        return in_search_path(name);
    return is_file(name) ? text_of("%s", name) : NULL;
}

/* The program that env(1) would start, of the one argument that a #! line can have. */
static char *behind_env(char *words)
{
    char *state = NULL;

    for (char *word = strtok_r(words, " \t", &state); word; word = strtok_r(NULL, " \t", &state)) {
        if (strncmp(word, "-S", 2) == 0 && word[2])
            return locate(word + 2);
        if (*word != '-' && !strchr(word, '='))
            return locate(word);
    }
    return NULL;
}

/* Reads the #! line: its interpreter and the rest; false if the file has none. */
static bool read_first_line(FILE *file, char line[LONGEST_LINE], char **interpreter, char **rest)
{
    if (!fgets(line, LONGEST_LINE, file) || strncmp(line, "#!", 2) != 0)
        return false;
    line[strcspn(line, "\n")] = '\0';
    *interpreter = line + 2 + strspn(line + 2, " \t");
    *rest = *interpreter + strcspn(*interpreter, " \t");
    if (**rest)
        *(*rest)++ = '\0';
    return **interpreter != '\0';
}

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/* The next interpreter; NULL at the end, or with *error set. */
static char *interpreter_of(const char *path, char **error)
{
    char line[LONGEST_LINE];
    char *named, *rest, *found = NULL;
    FILE *file = fopen(path, "re");

    if (!file) {
        *error = text_of("%s cannot be read: %s", path, strerror(errno));
        return NULL;
    }
    if (read_first_line(file, line, &named, &rest)) {
        found = locate(named);
        if (found && strcmp(last_part(named), "env") == 0 && *rest) {
            free(found);
            found = behind_env(rest);
        }
        if (!found)
            *error = text_of("the interpreter in the #! line of %s is not found", path);
    }
    fclose(file);
    return found;
}

struct program *program_find(const char *name)
{
    struct program *program = grown(NULL, 0, sizeof(*program));
    char *next;

    *program = (struct program){.path = locate(name)};
    if (!program->path) {
        program->error = text_of("%s is not found", name);
        return program;
    }
    next = interpreter_of(program->path, &program->error);
    for (int i = 0; next && i < MOST_INTERPRETERS; i++) {
        free(program->interpreter);
        program->interpreter = next;
        next = interpreter_of(next, &program->error);
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
