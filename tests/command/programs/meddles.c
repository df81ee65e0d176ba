/*
 * Preloaded into osrandom, it does what another process may do at the worst moment: as soon as the
 * file MEDDLE_FILE has been looked at, it puts MEDDLE_FIFO in its place, or without that ends the
 * process.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void after_a_look(const char *path)
{
    const char *file = getenv("MEDDLE_FILE"), *fifo = getenv("MEDDLE_FIFO");

    if (!file || strcmp(path, file) != 0)
        return;
    if (!fifo)
        abort();
    rename(fifo, file);
}

/* Called stat64() where programs are built for large files, which here has the same layout. */
static int meddle(const char *name, const char *path, struct stat *status)
{
    int (*next)(const char *, struct stat *) =
        (int (*)(const char *, struct stat *))dlsym(RTLD_NEXT, name);
    int answer = next(path, status);

    after_a_look(path);
    return answer;
}

int stat(const char *path, struct stat *status)
{
    return meddle("stat", path, status);
}

int stat64(const char *path, struct stat64 *status)
{
    return meddle("stat64", path, (struct stat *)status);
}

/* By which programs call it that are linked to a glibc before 2.33. */
int __xstat64(int version, const char *path, struct stat64 *status);
int __xstat64(int version, const char *path, struct stat64 *status)
{
    int (*next)(int, const char *, struct stat64 *) =
        (int (*)(int, const char *, struct stat64 *))dlsym(RTLD_NEXT, "__xstat64");
    int answer = next(version, path, status);

    after_a_look(path);
    return answer;
}
