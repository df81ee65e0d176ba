/*
 * See preset.h.
 */
#include "preset.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"

enum { LARGEST_PRESET = 1 << 20, MOST_LINKS = 40 /* as the kernel has them */ };

static const char separators[] = " \t\r\v\f:";

/* ---- The text ---- */

static bool is_shim(const char *entry, size_t length)
{
    static const char name[] = "libosrandom_preload.so";
    const size_t name_length = sizeof(name) - 1;

    return length >= name_length && memcmp(entry + length - name_length, name, name_length) == 0 &&
           (length == name_length || entry[length - name_length - 1] == '/');
}

/* How far a line goes, its newline not counted, and how far the names in it go. */
static size_t line_of(const char *line, size_t *names)
{
    size_t length = strcspn(line, "\n");

    *names = strcspn(line, "#\n");
    return length;
}

char *preset_entry(const char *text)
{
    size_t length, names;

    for (const char *line = text; *line; line += length + (line[length] == '\n')) {
        length = line_of(line, &names);
        for (size_t at = strspn(line, separators); at < names;) {
            size_t end = at;

            while (end < names && !strchr(separators, line[end]))
                end++;
            if (is_shim(line + at, end - at))
                return text_of("%.*s", (int)(end - at), line + at);
            at = end + strspn(line + end, separators);
        }
    }
    return NULL;
}

/* Copies the names of a line but the shim's, each with the separators behind it. */
static size_t copy_names(char *to, const char *line, size_t names, bool *dropped)
{
    size_t length = 0;

    for (size_t at = 0; at < names;) {
        size_t end = at;

        while (end < names && !strchr(separators, line[end]))
            end++;
        if (end > at && is_shim(line + at, end - at)) {
            *dropped = true;
            while (end < names && strchr(separators, line[end]))
                end++;
            at = end;
            continue;
        }
        while (end < names && strchr(separators, line[end]))
            end++;
        memcpy(to + length, line + at, end - at);
        length += end - at;
        at = end;
    }
    return length;
}

char *preset_without(const char *text)
{
    char *kept = grown(NULL, strlen(text), 1), *to = kept;
    size_t length, names;

    for (const char *line = text; *line; line += length + (line[length] == '\n')) {
        bool dropped = false;
        size_t copied;

        length = line_of(line, &names);
        copied = copy_names(to, line, names, &dropped);
        to[copied] = '\0';
        if (dropped && names == length && strspn(to, separators) == copied)
            continue; /* it was the shim's alone */
        while (dropped && names == length && copied > 0 && strchr(separators, to[copied - 1]))
            copied--;
        memcpy(to + copied, line + names, length - names);
        to += copied + length - names;
        if (line[length] == '\n')
            *to++ = '\n';
    }
    *to = '\0';
    return kept;
}

char *preset_with(const char *text, const char *entry)
{
    char *rest = preset_without(text);
    size_t length = strlen(rest);
    char *whole =
        text_of("%s%s%s\n", rest, length > 0 && rest[length - 1] != '\n' ? "\n" : "", entry);

    free(rest);
    return whole;
}

bool preset_is_blank(const char *text)
{
    return text[strspn(text, " \t\r\v\f:\n")] == '\0';
}

/* ---- The file ---- */

static char *read_all(int file)
{
    char *text = grown(NULL, LARGEST_PRESET, 1);
    size_t length = 0;
    ssize_t got;

    while ((got = read(file, text + length, LARGEST_PRESET - length)) > 0)
        length += (size_t)got;
    if (got < 0 || length == LARGEST_PRESET || memchr(text, '\0', length)) {
        int error = got < 0 ? errno : EINVAL;

        free(text);
        errno = error;
        return NULL;
    }
    text[length] = '\0';
    return text;
}

char *preset_read(const char *path)
{
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), error;
    struct stat status;
    char *text = NULL;

    if (file < 0)
        return errno == ENOENT ? text_of("%s", "") : NULL;
    if (fstat(file, &status) == 0 && !S_ISREG(status.st_mode))
        errno = EINVAL;
    else
        text = read_all(file);
    error = errno;
    close(file);
    errno = error;
    return text;
}

char *preset_target(const char *path)
{
    char *target = text_of("%s", path), link[PATH_MAX];

    for (int i = 0; i < MOST_LINKS; i++) {
        ssize_t length = readlink(target, link, sizeof(link) - 1);
        char *next;

        if (length < 0)
            return target;
        link[length] = '\0';
        next = *link == '/'
                   ? text_of("%s", link)
                   : text_of("%.*s/%s", (int)(strrchr(target, '/') - target), target, link);
        free(target);
        target = next;
    }
    free(target);
    errno = ELOOP;
    return NULL;
}

static int write_all(int file, const char *text)
{
    size_t length = strlen(text);

    while (length > 0) {
        ssize_t written = write(file, text, length);

        if (written < 0 && errno != EINTR)
            return -1;
        if (written > 0) {
            text += written;
            length -= (size_t)written;
        }
    }
    return 0;
}

/* A new file has the mode that every program can read it with. */
static int write_new(const char *path, const char *text, const struct stat *before)
{
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600), failed;

    if (file < 0)
        return -1;
    failed = write_all(file, text) != 0 ||
             (before && fchown(file, before->st_uid, before->st_gid) != 0) ||
             fchmod(file, before ? before->st_mode & 07777 : 0644) != 0 || fsync(file) != 0;
    if (close(file) != 0 || failed)
        return -1;
    return 0;
}

int preset_write(const char *path, const char *text)
{
    char *target = preset_target(path), *beside;
    struct stat before;
    bool existed;
    int failed, error;

    if (!target)
        return -1;
    existed = lstat(target, &before) == 0;
    beside = text_of("%s.osrandom-new", target);
    unlink(beside);
    failed = write_new(beside, text, existed ? &before : NULL) || rename(beside, target);
    error = errno;
    if (failed)
        unlink(beside);
    free(beside);
    free(target);
    errno = error;
    return failed ? -1 : 0;
}
