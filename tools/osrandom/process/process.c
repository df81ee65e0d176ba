/*
 * See process.h.
 */
#include "process.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "mounts.h"

enum { LARGEST_LIST = 64 << 20, LARGEST_READ = 256 << 20, ATTEMPTS = 5 };

/* Takes a number and the byte that must follow it. */
static bool take(const char **text, int base, char behind, uint64_t *number)
{
    char *end;

    *number = strtoull(*text, &end, base);
    if (end == *text || *end != behind)
        return false;
    *text = end + 1;
    return true;
}

/* "7f0000000000-7f0000001000 r-xp 00002000 08:01 1234    /usr/lib/libc.so.6" */
static bool parse_line(const char *line, struct mapping *mapping)
{
    uint64_t device_major, device_minor;

    if (!take(&line, 16, '-', &mapping->start) || !take(&line, 16, ' ', &mapping->end) ||
        mapping->start >= mapping->end || strcspn(line, " ") != 4 || line[4] != ' ')
        return false;
    memcpy(mapping->permissions, line, 4);
    line += 5;
    if (!take(&line, 16, ' ', &mapping->offset) || !take(&line, 16, ':', &device_major) ||
        !take(&line, 16, ' ', &device_minor) || !take(&line, 10, ' ', &mapping->inode))
        return false;
    mapping->device = makedev((unsigned int)device_major, (unsigned int)device_minor);
    mapping->path = line + strspn(line, " ");
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
    *process = (struct process){.text = maps, .memory = memory, .pages = -1, .left = LARGEST_READ};
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
    if (process->pages >= 0)
        close(process->pages);
}

/* A text that free() takes, or NULL and errno. */
static char *read_text(int descriptor)
{
    size_t room = 1 << 16, length = 0;
    char *text = NULL;

    for (;; room *= 2) {
        char *larger = room > LARGEST_LIST ? NULL : realloc(text, room);

        if (!larger)
            break;
        text = larger;
        while (length < room - 1) {
            ssize_t got = read(descriptor, text + length, room - 1 - length);

            if (got < 0 && errno == EINTR)
                continue;
            if (got <= 0) {
                text[length] = '\0';
                return text;
            }
            length += (size_t)got;
        }
    }
    errno = room > LARGEST_LIST ? E2BIG : ENOMEM;
    free(text);
    return NULL;
}

static char *read_list(const char *directory)
{
    char path[64], *text;
    int list;

    snprintf(path, sizeof(path), "%s/maps", directory);
    list = open(path, O_RDONLY | O_CLOEXEC);
    if (list < 0)
        return NULL;
    text = read_text(list);
    close(list);
    return text;
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

/* Neighbours are mostly of one device. */
static void note_what_may_block(struct process *process, pid_t pid)
{
    const struct mounts *mounts = mounts_of(pid);
    bool answers = true;
    dev_t device = 0;

    for (size_t i = 0; i < process->count; i++) {
        struct mapping *mapping = &process->mappings[i];

        if (mapping->inode == 0)
            continue;
        if (mapping->device != device) {
            device = mapping->device;
            answers = mounts_answer_for_device(mounts, device);
        }
        mapping->may_block = !answers;
    }
}

static int open_once(struct process *process, pid_t pid)
{
    char directory[32], path[64], *text;
    int memory, error;

    snprintf(directory, sizeof(directory), "/proc/%d", (int)pid);
    snprintf(path, sizeof(path), "%s/mem", directory);
    memory = open(path, O_RDONLY | O_CLOEXEC);
    if (memory < 0)
        return meaning_of(errno, pid);
    text = read_list(directory);
    if (text && *text) {
        error = process_from(process, text, memory);
        if (error)
            return error;
        note_what_may_block(process, pid);
        snprintf(path, sizeof(path), "%s/pagemap", directory);
        process->pages = open(path, O_RDONLY | O_CLOEXEC);
        return 0;
    }
    error = text ? ESRCH : meaning_of(errno, pid);
    free(text);
    close(memory);
    return error;
}

/* Nothing is mapped when it is over but not waited for, and by the kernel's own threads. A list
 * that was opened before execve() and is read behind it is empty as well: the next one is not. */
int process_open(struct process *process, pid_t pid)
{
    int error = ESRCH;

    for (int i = 0; pid > 0 && i < ATTEMPTS && error == ESRCH; i++)
        error = open_once(process, pid);
    return error;
}

pid_t process_other_thread(pid_t pid)
{
    const struct dirent *entry;
    char path[32];
    pid_t other = 0;
    DIR *threads;

    snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
    threads = opendir(path);
    while (threads && (other == 0 || other == pid) && (entry = readdir(threads)))
        other = (pid_t)strtol(entry->d_name, NULL, 10);
    if (threads)
        closedir(threads);
    return other == pid ? 0 : other;
}

bool process_is_over(const struct process *process)
{
    uint64_t size = (uint64_t)sysconf(_SC_PAGESIZE), entry;
    uint64_t page = process->count > 0 ? process->mappings[0].start / size : 0;

    return process->pages >= 0 &&
           pread(process->pages, &entry, sizeof(entry), (off_t)(page * sizeof(entry))) == 0;
}

/* ---- Reading ---- */

static bool read_memory(const struct process *process, uint64_t address, unsigned char *cursor,
                        size_t length)
{
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

/* Bit 63 of a page's entry: it is there. pagemap(5), Documentation/admin-guide/mm/pagemap.rst. */
static bool are_present(const struct process *process, uint64_t address, size_t length)
{
    uint64_t size = (uint64_t)sysconf(_SC_PAGESIZE), entry;

    for (uint64_t page = address / size; page <= (address + length - 1) / size; page++)
        if (process->pages < 0 ||
            pread(process->pages, &entry, sizeof(entry), (off_t)(page * sizeof(entry))) !=
                sizeof(entry) ||
            !(entry >> 63))
            return false;
    return true;
}

/* A device's memory may change by being read. */
static bool may_read(const struct process *process, const struct mapping *mapping, uint64_t address,
                     size_t length)
{
    if (!mapping || mapping->permissions[3] != 'p')
        return false;
    return !mapping->may_block || are_present(process, address, length);
}

bool process_read(struct process *process, uint64_t address, void *buffer, size_t length)
{
    unsigned char *cursor = buffer;

    if (length > process->left)
        return false;
    process->left -= length;
    while (length > 0) {
        const struct mapping *mapping = process_mapping_at(process, address);
        size_t part = length;

        if (mapping && mapping->end - address < part)
            part = (size_t)(mapping->end - address);
        if (!may_read(process, mapping, address, part) ||
            !read_memory(process, address, cursor, part))
            return false;
        cursor += part;
        address += part;
        length -= part;
    }
    return true;
}

/* ---- The list ---- */

const struct mapping *process_mapping_at(const struct process *process, uint64_t address)
{
    size_t from = 0, to = process->count;

    while (from < to) {
        size_t middle = from + (to - from) / 2;

        if (address >= process->mappings[middle].end)
            from = middle + 1;
        else
            to = middle;
    }
    return from < process->count && address >= process->mappings[from].start
               ? &process->mappings[from]
               : NULL;
}

bool process_same_file(const struct mapping *one, const struct mapping *other)
{
    return one->inode != 0 && one->inode == other->inode && one->device == other->device;
}
