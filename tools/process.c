/*
 * See process.h.
 */
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

enum { LARGEST_LIST = 64 << 20 };

static bool parse_line(const char *line, struct mapping *mapping)
{
    unsigned int device_major, device_minor;
    int path = 0;

    if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s %" SCNx64 " %x:%x %" SCNu64 " %n",
               &mapping->start, &mapping->end, mapping->permissions, &mapping->offset,
               &device_major, &device_minor, &mapping->inode, &path) != 7 ||
        path == 0 || mapping->start >= mapping->end)
        return false;
    mapping->device = makedev(device_major, device_minor);
    mapping->path = line + path;
    return true;
}

static size_t count_lines(const char *text)
{
    size_t lines = 1;

    for (; *text; text++)
        lines += *text == '\n';
    return lines;
}

int process_from(struct process *process, char *maps, int memory)
{
    *process = (struct process){.text = maps, .memory = memory};
    process->mappings = calloc(count_lines(maps), sizeof(struct mapping));
    if (!process->mappings) {
        process_close(process);
        return ENOMEM;
    }
    for (char *line = maps; line;) {
        char *end = strchr(line, '\n');

        if (end)
            *end++ = '\0';
        if (parse_line(line, &process->mappings[process->count]))
            process->count++;
        line = end;
    }
    return 0;
}

void process_close(struct process *process)
{
    free(process->mappings);
    free(process->text);
    close(process->memory);
}

/* 0 and a text that free() takes, or a positive errno. */
static int read_text(int descriptor, char **text)
{
    size_t room = 1 << 16, length = 0;
    char *larger = malloc(room);
    ssize_t got;

    *text = NULL;
    while (larger) {
        *text = larger;
        while (room - length > 1 &&
               ((got = read(descriptor, *text + length, room - length - 1)) != 0)) {
            if (got < 0 && errno != EINTR)
                return errno;
            length += got < 0 ? 0 : (size_t)got;
        }
        (*text)[length] = '\0';
        if (room - length > 1)
            return 0;
        if (room >= LARGEST_LIST)
            return E2BIG;
        room *= 2;
        larger = realloc(*text, room);
    }
    return ENOMEM;
}

static int read_list(const char *directory, char **text)
{
    char path[64];
    int list, error;

    snprintf(path, sizeof(path), "%s/maps", directory);
    list = open(path, O_RDONLY | O_CLOEXEC);
    if (list < 0)
        return errno;
    error = read_text(list, text);
    close(list);
    /* A process that is over but not waited for has none, and neither has the kernel's thread. */
    return error == 0 && **text == '\0' ? ESRCH : error;
}

/* What an error of open() in /proc/PID says. */
static int meaning_of(int error, pid_t pid)
{
    if (error == EPERM)
        return EACCES;
    if (error != ENOENT)
        return error;
    return kill(pid, 0) == 0 || errno == EPERM ? EACCES : ESRCH;
}

int process_open(struct process *process, pid_t pid)
{
    char directory[32], path[64], *text = NULL;
    int memory, error;

    if (pid <= 0)
        return ESRCH;
    snprintf(directory, sizeof(directory), "/proc/%d", (int)pid);
    snprintf(path, sizeof(path), "%s/mem", directory);
    memory = open(path, O_RDONLY | O_CLOEXEC);
    if (memory < 0)
        return meaning_of(errno, pid);
    error = read_list(directory, &text);
    if (error == 0)
        return process_from(process, text, memory);
    free(text);
    close(memory);
    return meaning_of(error, pid);
}

bool process_read(const struct process *process, uint64_t address, void *buffer, size_t length)
{
    unsigned char *cursor = buffer;

    while (length > 0) {
        ssize_t got =
            address > INT64_MAX ? 0 : pread(process->memory, cursor, length, (off_t)address);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        cursor += got;
        address += (uint64_t)got;
        length -= (size_t)got;
    }
    return true;
}

const struct mapping *process_mapping_at(const struct process *process, uint64_t address)
{
    for (size_t i = 0; i < process->count; i++)
        if (address >= process->mappings[i].start && address < process->mappings[i].end)
            return &process->mappings[i];
    return NULL;
}
