/*
 * See foreign.h.
 */
#include "foreign.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "mounts.h"

/* The other process may end, or change its root, between any two of these. */
static int open_root(pid_t pid)
{
    char path[32];

    snprintf(path, sizeof(path), "/proc/%d/root", (int)pid);
    return open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

/* Names a file, and opens nothing. The number is that of Linux on every machine. */
static int find_below_root(pid_t pid, const char *path)
{
    enum { NUMBER_OF_OPENAT2 = 437 };
    struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT};
    int root = open_root(pid), found, error;

    if (root < 0)
        return -1;
    found = (int)syscall(NUMBER_OF_OPENAT2, root, path, &how, sizeof(how));
    error = errno;
    close(root);
    errno = error;
    return found;
}

/* The kernel's own link, which root may follow. */
static int find_mapped(pid_t pid, const struct mapping *mapping)
{
    char path[96];

    snprintf(path, sizeof(path), "/proc/%d/map_files/%" PRIx64 "-%" PRIx64, (int)pid,
             mapping->start, mapping->end);
    return open(path, O_PATH | O_CLOEXEC);
}

/* Takes the descriptor of a file that was found. O_NONBLOCK: its owner may hold a lease on it. */
static int open_found(int found, struct stat *status)
{
    char path[32];
    int file = -1;

    if (fstat(found, status) == 0 && S_ISREG(status->st_mode)) {
        snprintf(path, sizeof(path), "/proc/self/fd/%d", found);
        file = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    } else {
        errno = EPERM;
    }
    return file;
}

static int opened(int found, struct stat *status)
{
    int file = open_found(found, status), error = errno;

    close(found);
    errno = error;
    return file;
}

int foreign_open(pid_t pid, const char *path, struct stat *status)
{
    int found = find_below_root(pid, path);

    if (found >= 0 && !mounts_answer_for_file(mounts_of(pid), found)) {
        close(found);
        errno = EPERM;
        return -1;
    }
    return found < 0 ? -1 : opened(found, status);
}

int foreign_open_mapped(pid_t pid, const struct mapping *mapping, struct stat *status)
{
    int found = -1, file;

    if (mapping->may_block) {
        errno = EPERM;
        return -1;
    }
    found = find_mapped(pid, mapping);
    file = found >= 0 ? opened(found, status) : foreign_open(pid, mapping->path, status);
    if (file >= 0 && status->st_ino != mapping->inode) {
        close(file);
        errno = ESTALE;
        return -1;
    }
    return file;
}

ssize_t foreign_read(int descriptor, char *text, size_t room)
{
    size_t length = 0;

    while (length < room - 1) {
        ssize_t got = read(descriptor, text + length, room - 1 - length);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        length += (size_t)got;
    }
    text[length] = '\0';
    return (ssize_t)length;
}
