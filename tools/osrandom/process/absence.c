/*
 * See absence.h.
 */
#include "absence.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"

enum { LARGEST_TEXT = 1 << 20 };

/* The file of a process as a text with newlines for NULs; NULL if it cannot be read. */
static char *text_below(pid_t pid, const char *name)
{
    char *path = text_of("/proc/%d/%s", (int)pid, name);
    struct stat status;
    bool is_file = stat(path, &status) == 0 && S_ISREG(status.st_mode); /* else not even opened */
    int file = is_file ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1;
    char *text = file < 0 ? NULL : calloc(1, LARGEST_TEXT);
    size_t length = 0;
    ssize_t got;

    free(path);
    while (text && length < LARGEST_TEXT - 1 &&
           (got = read(file, text + length, LARGEST_TEXT - 1 - length)) > 0)
        length += (size_t)got;
    for (size_t i = 0; text && i < length; i++)
        if (text[i] == '\0')
            text[i] = '\n';
    if (file >= 0)
        close(file);
    return text;
}

/* The line of a text that begins so mentions the shim; every line, if start is "". */
static bool mentions_shim(const char *text, const char *start)
{
    static const char name[] = "libosrandom_preload.so";

    for (const char *line = text; line && *line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (*line != '#' && strncmp(line, start, strlen(start)) == 0 &&
            memmem(line, strcspn(line, "\n"), name, sizeof(name) - 1))
            return true;
    }
    return false;
}

static bool is_elsewhere(pid_t pid)
{
    char *path = text_of("/proc/%d/ns/mnt", (int)pid);
    struct stat theirs, mine;
    bool known = stat(path, &theirs) == 0 && stat("/proc/self/ns/mnt", &mine) == 0;

    free(path);
    return known && theirs.st_ino != mine.st_ino;
}

const char *absence_of_shim(pid_t pid)
{
    char *environment = text_below(pid, "environ");
    char *system = text_below(pid, "root/etc/ld.so.preload");
    bool in_environment = mentions_shim(environment, "LD_PRELOAD=");
    bool in_system = mentions_shim(system, "");

    free(environment);
    free(system);
    if (in_system)
        return "started before the shim was put into /etc/ld.so.preload";
    if (in_environment && is_elsewhere(pid))
        return "LD_PRELOAD names the shim, which its mount namespace lacks";
    if (in_environment)
        return "LD_PRELOAD names the shim, and the loader did not load it";
    return is_elsewhere(pid) ? "not preloaded, in another mount namespace" : "not preloaded";
}
