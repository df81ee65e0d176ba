/*
 * See soak.h; proc(5).
 */
#include <dirent.h>
#include <stdio.h>

#include "soak.h"

size_t process_memory(pid_t process)
{
    char path[64], line[256];
    size_t anonymous = 0;
    FILE *file;

    snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", process);
    file = fopen(path, "re");
    while (file && fgets(line, sizeof(line), file) &&
           sscanf(line, "Anonymous: %zu kB", &anonymous) != 1)
        ;
    if (file)
        fclose(file);
    return anonymous;
}

size_t process_descriptors(pid_t process)
{
    char path[64];
    struct dirent *entry;
    size_t count = 0;
    DIR *directory;

    snprintf(path, sizeof(path), "/proc/%d/fd", process);
    directory = opendir(path);
    while (directory && (entry = readdir(directory)))
        count += entry->d_name[0] != '.';
    if (directory)
        closedir(directory);
    return count;
}

size_t process_children(pid_t process, pid_t children[MOST_WORKERS])
{
    char path[64];
    size_t count = 0;
    FILE *file;

    snprintf(path, sizeof(path), "/proc/%d/task/%d/children", process, process);
    file = fopen(path, "re");
    while (file && count < MOST_WORKERS && fscanf(file, "%d", &children[count]) == 1)
        count++;
    if (file)
        fclose(file);
    return count;
}
