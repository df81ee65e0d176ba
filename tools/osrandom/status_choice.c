/*
 * See status_choice.h.
 */
#include "status_choice.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

bool choice_parse(const char *text, pid_t *pid)
{
    char *end;
    long number;

    errno = 0;
    number = strtol(text, &end, 10);
    if (errno || *end || end == text || !isdigit((unsigned char)*text) || number <= 0 ||
        number > INT_MAX)
        return false;
    *pid = (pid_t)number;
    return true;
}

static int by_number(const void *one, const void *other)
{
    pid_t left = *(const pid_t *)one, right = *(const pid_t *)other;

    return (left > right) - (left < right);
}

/* All there are; NULL if /proc cannot be read. */
static pid_t *list_processes(size_t *count)
{
    DIR *directory = opendir("/proc");
    const struct dirent *entry;
    pid_t *pids = NULL;

    *count = 0;
    while (directory && (entry = readdir(directory))) {
        pid_t pid;

        if (!choice_parse(entry->d_name, &pid))
            continue;
        pids = grown(pids, *count, sizeof(*pids));
        pids[(*count)++] = pid;
    }
    if (directory)
        closedir(directory);
    if (pids)
        qsort(pids, *count, sizeof(*pids), by_number);
    return pids;
}

pid_t *choice_processes(const struct choice *choice, size_t *count)
{
    pid_t *pids = NULL;

    if (!choice->pids)
        return list_processes(count);
    for (*count = 0; choice->pids[*count]; ++*count) {
        pids = grown(pids, *count, sizeof(*pids));
        choice_parse(choice->pids[*count], &pids[*count]);
    }
    return pids;
}

static bool is_users(const char *user, const struct identity *identity)
{
    char number[16];

    snprintf(number, sizeof(number), "%u", (unsigned int)identity->uid);
    return identity->is_known && (strcmp(user, identity->user) == 0 || strcmp(user, number) == 0);
}

static bool is_programs(const char *pattern, const char *path)
{
    const char *slash = strchr(pattern, '/') ? NULL : strrchr(path, '/');

    return fnmatch(pattern, slash ? slash + 1 : path, 0) == 0;
}

bool choice_wants(const struct choice *choice, const struct identity *identity)
{
    return (!choice->user || is_users(choice->user, identity)) &&
           (!choice->unit || fnmatch(choice->unit, identity->unit, 0) == 0) &&
           (!choice->program || is_programs(choice->program, identity->program));
}
