/*
 * See machine_rules.h, and preload/rules_file.c, which believes the same files.
 */
#include "machine_rules.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/setting_word.h"
#include "regular.h"
#include "rules.h"

static const char *why_not(const struct stat *status)
{
    struct stat etc;

    if (status->st_mode & (S_IWGRP | S_IWOTH))
        return "others may write to it";
    if (status->st_uid != 0 && (stat("/etc", &etc) != 0 || etc.st_uid != status->st_uid))
        return "it is not root's";
    return status->st_size > RULES_LARGEST_FILE ? "it is too large" : NULL;
}

static const char *take_all(int file, struct rules *rules)
{
    char bytes[RULES_LARGEST_FILE];
    ssize_t length = read(file, bytes, sizeof(bytes));

    if (length < 0)
        return "it cannot be read";
    rules_add(rules, bytes, (size_t)length);
    rules_end(rules);
    return NULL;
}

/* Why it is not used, a clause in memory that free() takes, or NULL. */
static char *read_rules(struct rules *rules)
{
    struct stat status;
    int file = regular_open(MACHINE_RULES, &status);
    const char *why;

    if (file < 0 && (errno == ENOENT || errno == ENOTDIR))
        return NULL;
    if (file < 0)
        return text_of("%s", errno == EINVAL ? "it is no file" : "it cannot be opened");
    why = why_not(&status);
    if (!why)
        why = take_all(file, rules);
    close(file);
    if (why)
        return text_of("%s", why);
    return rules->wrong ? text_of("line %u is not understood", rules->wrong) : NULL;
}

static bool is_program(const char *path, void *program)
{
    return strcmp(path, program) == 0;
}

struct machine_mode machine_mode_of(const char *path)
{
    char *program = realpath(path, NULL);
    struct rules rules = {.is_program = is_program, .context = program ? program : (char *)""};
    const struct rule *rule = &rules.of[SETTING_MODE];
    struct machine_mode mode = {.line = 0};
    char *trouble = read_rules(&rules);

    if (!trouble && rule->line) {
        mode.line = rule->line;
        mode.is_final = rule->is_final;
        mode.word = setting_word(SETTING_MODE, rule->value);
    }
    free(trouble);
    free(program);
    return mode;
}

char *machine_rules_trouble(void)
{
    struct rules rules = {.is_program = is_program, .context = (char *)""};

    return read_rules(&rules);
}
