/*
 * See env_line.h: GNU coreutils' env, and the -S, -i, -u, -P that FreeBSD's has as well. What it
 * could mean else is not guessed at.
 */
#include "env_line.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "locate.h"
#include "preset.h"

struct line {
    char *rest; /* of the argument, blanks between words */
    const char *search;
    bool clears_preload, is_puzzling;
};

static char *next_word(struct line *line)
{
    char *word = line->rest + strspn(line->rest, " \t");

    line->rest = word + strcspn(word, " \t");
    if (*line->rest)
        *line->rest++ = '\0';
    return *word ? word : NULL;
}

static void unset(struct line *line, const char *name)
{
    if (!name)
        line->is_puzzling = true;
    else if (strcmp(name, "LD_PRELOAD") == 0)
        line->clears_preload = true;
    else if (strcmp(name, "PATH") == 0)
        line->search = NULL;
}

static void unset_all(struct line *line)
{
    unset(line, "LD_PRELOAD");
    unset(line, "PATH");
}

static void set(struct line *line, const char *assignment)
{
    static const char preload[] = "LD_PRELOAD=", path[] = "PATH=";

    if (strncmp(assignment, preload, sizeof(preload) - 1) == 0) {
        const char *list = assignment + sizeof(preload) - 1;

        line->clears_preload = !preset_is_shim(list, strlen(list));
    } else if (strncmp(assignment, path, sizeof(path) - 1) == 0) {
        line->search = assignment + sizeof(path) - 1;
    }
}

/* Answers true at the letter S: what follows it is split into words. */
static bool take_letters(struct line *line, char *letters)
{
    for (; *letters; letters++) {
        char *value = letters[1] ? letters + 1 : NULL;

        if (*letters == 'S')
            return true;
        if (*letters == 'u') {
            unset(line, value ? value : next_word(line));
            return false;
        }
        if (*letters == 'i')
            unset_all(line);
        else if (!strchr("v0", *letters))
            line->is_puzzling = true;
    }
    return false;
}

static void take_long(struct line *line, const char *option)
{
    static const char unset_option[] = "--unset=";

    if (strncmp(option, unset_option, sizeof(unset_option) - 1) == 0)
        unset(line, option + sizeof(unset_option) - 1);
    else if (strcmp(option, "--unset") == 0)
        unset(line, next_word(line));
    else if (strcmp(option, "--ignore-environment") == 0)
        unset_all(line);
    else if (strcmp(option, "--debug") != 0)
        line->is_puzzling = true;
}

static bool is_env(const char *word)
{
    const char *slash = strrchr(word, '/');

    return strcmp(slash ? slash + 1 : word, "env") == 0;
}

static const char *program_word(struct line *line)
{
    char *word;
    bool options = true;

    while (!line->is_puzzling && (word = next_word(line))) {
        if (options && strcmp(word, "--") == 0)
            options = false;
        else if (options && strncmp(word, "--", 2) == 0)
            take_long(line, word);
        else if (options && strcmp(word, "-") == 0)
            unset_all(line);
        else if (options && *word == '-')
            line->is_puzzling |= take_letters(line, word + 1);
        else if (strchr(word, '='))
            set(line, word);
        else if (!is_env(word))
            return word;
        else
            options = true; /* its own words follow */
    }
    return NULL;
}

/* Takes the options up to -S, in one word, away from the argument; false if there is no -S. */
static bool take_split(struct line *line)
{
    static const char split[] = "--split-string=";
    char *argument = line->rest;
    size_t letters = strcspn(argument, "S \t");

    if (strncmp(argument, split, sizeof(split) - 1) == 0) {
        line->rest += sizeof(split) - 1;
        return true;
    }
    if (argument[0] != '-' || argument[1] == '-' || argument[letters] != 'S')
        return false;
    line->rest += letters + 1;
    argument[letters] = '\0';
    take_letters(line, argument + 1);
    return true;
}

char *env_line_program(char *argument, bool *clears_preload, const char **error)
{
    struct line line = {.rest = argument, .search = getenv("PATH")};
    bool is_split = take_split(&line);
    const char *word = argument;
    char *program;

    *error = "is not found";
    line.is_puzzling |= is_split ? strpbrk(line.rest, "\"'\\$#") != NULL
                                 : *argument == '-' || strchr(argument, '=');
    if (is_split)
        word = program_word(&line);
    if (line.is_puzzling)
        *error = "is not told clearly enough";
    program = word && !line.is_puzzling ? locate(word, line.search) : NULL;
    *clears_preload |= program && line.clears_preload;
    return program;
}
