/*
 * See entry.h.
 */
#include "entry.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "spawned.h"

char *entry_for(const char *shim)
{
    static const char everywhere[] = "/usr/$LIB/libosrandom_preload.so";
    static const char *const setting[] = {"LD_PRELOAD=/usr/$LIB/libosrandom_preload.so", NULL};
    static const char *const argv[] = {"/proc/self/exe", "system", "probe", NULL};
    struct spawned spawned = spawn(&(struct spawn_wish){.argv = argv, .setting = setting});
    char *wanted = text_of("shim=%s\n", shim);
    bool leads_there = spawned_well(&spawned) && strstr(spawned.out, wanted);

    free(spawned.out);
    free(wanted);
    return text_of("%s", leads_there ? everywhere : shim);
}

static bool is_open_to(const struct stat *status, mode_t whom)
{
    return (status->st_mode & whom) && !(status->st_mode & S_ISVTX);
}

/* Whoever can write to the file, or to a directory above it, is root everywhere. */
char *why_unsafe(const char *shim)
{
    char *path = text_of("%s", shim), *why = NULL;
    struct stat status;

    if (strpbrk(shim, " \t\n:#"))
        why = text_of("the loader takes blanks, colons and '#' in %s for separators", shim);
    while (!why) {
        char *slash = strrchr(path, '/');

        if (stat(path, &status) != 0)
            why = text_of("cannot look at %s: %s", path, strerror(errno));
        else if (status.st_uid != 0 || is_open_to(&status, S_IWOTH))
            why = text_of("%s can be written to by others than root, who would be root", path);
        else if (status.st_gid != 0 && is_open_to(&status, S_IWGRP))
            printf("note: %s can be written to by the group %u, which therefore is root\n", path,
                   (unsigned int)status.st_gid);
        if (strcmp(path, "/") == 0)
            break;
        slash[slash == path ? 1 : 0] = '\0';
    }
    free(path);
    return why;
}
