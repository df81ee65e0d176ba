/*
 * Says what a program can see of itself: its files in memory, descriptors, threads, signals and
 * environment. The one file that LD_PRELOAD names, and that name, are passed over.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern char **environ;

static void environment(void)
{
    for (char **entry = environ; *entry; entry++)
        if (strncmp(*entry, "LD_PRELOAD=", 11) != 0)
            printf("environment %s\n", *entry);
}

static void descriptors(void)
{
    DIR *directory = opendir("/proc/self/fd");
    struct dirent *entry;

    while (directory && (entry = readdir(directory)))
        if (entry->d_name[0] != '.')
            printf("descriptor %s\n", entry->d_name);
}

static void lines(const char *path, const char *const *starts, size_t count)
{
    FILE *file = fopen(path, "r");
    char line[4096];

    while (file && fgets(line, sizeof(line), file))
        for (size_t i = 0; i < count; i++)
            if (strncmp(line, starts[i], strlen(starts[i])) == 0)
                fputs(line, stdout);
    if (file)
        fclose(file);
}

static void mapped_files(void)
{
    const char *preloaded = getenv("LD_PRELOAD");
    FILE *file = fopen("/proc/self/maps", "r");
    char line[4096];

    while (file && fgets(line, sizeof(line), file)) {
        const char *path = strchr(line, '/');

        if (path && !(preloaded && strncmp(path, preloaded, strlen(preloaded)) == 0))
            printf("mapped %.4s %s", strchr(line, ' ') + 1, path);
    }
    if (file)
        fclose(file);
}

int main(void)
{
    static const char *const of_interest[] = {
        "Threads:", "SigBlk:", "SigIgn:", "SigCgt:", "Seccomp:", "VmLck:"};

    environment();
    descriptors();
    lines("/proc/self/status", of_interest, sizeof(of_interest) / sizeof(of_interest[0]));
    mapped_files();
    return 5;
}
