/*
 * See regular.h.
 */
#include "regular.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <unistd.h>

static bool is_regular(int descriptor, struct stat *status)
{
    if (fstat(descriptor, status) != 0)
        return false;
    errno = S_ISDIR(status->st_mode) ? EISDIR : EINVAL;
    return S_ISREG(status->st_mode);
}

/* By a path through /proc it is the file that was looked at. Without /proc it may be another, and
 * is compared. */
static int open_again(int place, const char *path, const struct stat *status)
{
    char again[sizeof("/proc/self/fd/") + 3 * sizeof(int)];
    int descriptor;
    struct stat now;

    snprintf(again, sizeof(again), "/proc/self/fd/%d", place);
    descriptor = open(again, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (descriptor >= 0 || (errno != ENOENT && errno != ENOTDIR))
        return descriptor;
    descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (descriptor < 0 || (fstat(descriptor, &now) == 0 && now.st_dev == status->st_dev &&
                           now.st_ino == status->st_ino))
        return descriptor;
    close(descriptor);
    errno = EINVAL;
    return -1;
}

int regular_open(const char *path, struct stat *status)
{
    int place = open(path, O_PATH | O_CLOEXEC);
    int descriptor, error;

    if (place < 0)
        return -1;
    descriptor = is_regular(place, status) ? open_again(place, path, status) : -1;
    error = errno;
    close(place);
    errno = error;
    return descriptor;
}

FILE *regular_stream(const char *path, off_t most)
{
    struct stat status;
    int descriptor = regular_open(path, &status);
    FILE *stream = NULL;

    if (descriptor < 0)
        return NULL;
    if (status.st_size <= most)
        stream = fdopen(descriptor, "r");
    else
        errno = EFBIG;
    if (!stream)
        close(descriptor);
    return stream;
}
