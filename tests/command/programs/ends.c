/*
 * Preloaded into osrandom: the process whose number is in ENDS is killed when its list of mappings
 * and the shim's status block have been read, and the files in the list have not.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef int opener(const char *path, int flags, ...);

static bool is_mapped(const char *pid)
{
    char path[64], byte;
    FILE *maps;
    bool is;

    snprintf(path, sizeof(path), "/proc/%s/maps", pid);
    maps = fopen(path, "r");
    is = maps && fread(&byte, 1, 1, maps) == 1;
    if (maps)
        fclose(maps);
    return is;
}

static int end_and_open(const char *name, const char *path, int flags)
{
    const char *pid = getenv("ENDS");
    char files[64];
    opener *next;

    snprintf(files, sizeof(files), "/proc/%s/map_files/", pid ? pid : "");
    if (pid && strncmp(path, files, strlen(files)) == 0) {
        kill((pid_t)strtol(pid, NULL, 10), SIGKILL);
        while (is_mapped(pid))
            usleep(1000);
    }
    *(void **)&next = dlsym(RTLD_NEXT, name);
    return next(path, flags);
}

int open(const char *path, int flags, ...)
{
    return end_and_open("open", path, flags);
}

int open64(const char *path, int flags, ...)
{
    return end_and_open("open64", path, flags);
}
