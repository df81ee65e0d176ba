/*
 * See absence.h. The loader takes LD_PRELOAD from the environment of the start, which is what
 * /proc/PID/environ shows, and not at all in secure execution; then it reads /etc/ld.so.preload.
 * What it cannot open it passes over.
 */
#include "absence.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "foreign.h"
#include "trail.h"

enum { LARGEST_TEXT = 1 << 20 };

/* ---- Texts ---- */

static char *text_from(int file)
{
    char *text = file < 0 ? NULL : calloc(1, LARGEST_TEXT);
    ssize_t length = text ? foreign_read(file, text, LARGEST_TEXT) : -1;

    for (ssize_t i = 0; i < length; i++)
        if (text[i] == '\0')
            text[i] = '\n';
    if (file >= 0)
        close(file);
    return text;
}

/* A file of the kernel's about it, as a text with newlines for NULs; NULL if it cannot be read. */
static char *text_of_process(pid_t pid, const char *name)
{
    char *path = text_of("/proc/%d/%s", (int)pid, name);
    char *text = text_from(open(path, O_RDONLY | O_CLOEXEC));

    free(path);
    return text;
}

/* The word that names the shim, in a line that begins so, or in any line if start is "": in memory
 * that free() takes, NULL if there is none. What follows a # is a comment, if comments are known.
 */
static char *name_in(const char *text, const char *start, bool has_comments)
{
    static const char name[] = "libosrandom_preload.so", separators[] = " \t:\n";

    for (const char *line = text; line && *line;
         line += strcspn(line, "\n"), line += *line == '\n') {
        size_t length = strcspn(line, has_comments ? "#\n" : "\n");
        const char *found = strncmp(line, start, strlen(start)) == 0
                                ? memmem(line, length, name, sizeof(name) - 1)
                                : NULL;

        if (!found)
            continue;
        while (found > line + strlen(start) && !strchr(separators, found[-1]))
            found--;
        return strndup(found, strcspn(found, separators));
    }
    return NULL;
}

/* ---- Facts ---- */

static bool is_elsewhere(pid_t pid)
{
    char *path = text_of("/proc/%d/ns/mnt", (int)pid);
    struct stat theirs, mine;
    bool known = stat(path, &theirs) == 0 && stat("/proc/self/ns/mnt", &mine) == 0;

    free(path);
    return known && theirs.st_ino != mine.st_ino;
}

/* getauxval(3). Of a process with the other word size the pairs are of that size. */
static bool is_secure(pid_t pid)
{
    union {
        uint64_t wide[128];
        uint32_t narrow[256];
    } vector = {{0}};
    char *path = text_of("/proc/%d/auxv", (int)pid);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t size = file < 0 ? 0 : read(file, &vector, sizeof(vector));
    /* the upper half of a kind of 64 bits is 0 */
    bool is_narrow = vector.narrow[__BYTE_ORDER == __LITTLE_ENDIAN] != 0, secure = false;

    free(path);
    if (file >= 0)
        close(file);
    for (ssize_t i = 0; i + 1 < size / (is_narrow ? 4 : 8); i += 2)
        secure |= is_narrow ? vector.narrow[i] == AT_SECURE && vector.narrow[i + 1]
                            : vector.wide[i] == AT_SECURE && vector.wide[i + 1];
    return secure;
}

/* Nanoseconds since the machine was started; 0 if it is not known. proc(5), field 22 of stat, is in
 * ticks of USER_HZ. */
static int64_t start_of(pid_t pid)
{
    char *text = text_of_process(pid, "stat");
    const char *behind_name = text ? strrchr(text, ')') : NULL;
    unsigned long long ticks = 0;

    if (behind_name)
        sscanf(behind_name + 1,
               " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu",
               &ticks);
    free(text);
    return (int64_t)ticks * (1000000000 / sysconf(_SC_CLK_TCK));
}

static int64_t nanoseconds(struct timespec time)
{
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

/* Whether it was started before a file was last written, or its name or rights were last changed.
 */
static bool is_older_than(pid_t pid, const struct stat *file)
{
    struct timespec wall, boot;
    int64_t start = start_of(pid) + 1000000000 / sysconf(_SC_CLK_TCK);

    clock_gettime(CLOCK_REALTIME, &wall);
    clock_gettime(CLOCK_BOOTTIME, &boot);
    return start + nanoseconds(wall) - nanoseconds(boot) < nanoseconds(file->st_ctim);
}

/* What its loader found where the shim is named: NULL if there seems to be nothing wrong. systemd
 * puts an empty file without rights over what is inaccessible. */
static const char *what_is_wrong_with(pid_t pid, const char *name)
{
    struct stat status;
    int file;

    if (!strchr(name, '/'))
        return NULL;
    if (strchr(name, '$'))
        return NULL; /* $LIB, $ORIGIN, $PLATFORM: the loader's to know */
    file = foreign_open(pid, name, &status);
    if (file < 0)
        return errno == ENOENT || errno == ENOTDIR
                   ? is_elsewhere(pid) ? "which its mount namespace lacks" : "which is not there"
               : errno == EACCES ? "which it may not read"
                                 : "which is no file there that can be read";
    close(file);
    if ((status.st_mode & 0444) == 0)
        return "which is inaccessible to it (InaccessiblePaths=?)";
    return status.st_size == 0 ? "which is an empty file there" : NULL;
}

/* ---- The verdict ---- */

/* A clause of two parts: good until the next call. */
static const char *both(const char *one, const char *other)
{
    static char clause[128];

    snprintf(clause, sizeof(clause), "%s%s%s", one, other ? ", " : "", other ? other : "");
    return clause;
}

static const char *why_not_by_file(pid_t pid, const char *name, const struct stat *preload)
{
    const char *wrong;

    trail_note("  its /etc/ld.so.preload names %s", name);
    if (is_older_than(pid, preload))
        return "started before the shim was put into /etc/ld.so.preload";
    wrong = what_is_wrong_with(pid, name);
    return wrong ? both("/etc/ld.so.preload names the shim", wrong)
                 : "/etc/ld.so.preload names the shim, and the loader did not load it";
}

static const char *why_not_by_variable(pid_t pid, const char *name)
{
    const char *wrong;

    trail_note("  its LD_PRELOAD names %s", name);
    if (is_secure(pid))
        return "started with rights of its own: the loader ignores LD_PRELOAD (AT_SECURE)";
    wrong = what_is_wrong_with(pid, name);
    return both("LD_PRELOAD names the shim", wrong ? wrong : "and the loader did not load it");
}

static const char *why_not_at_all(pid_t pid, int error)
{
    if (error == ENOSYS)
        return "not preloaded, as far as can be told without openat2() (Linux 5.6)";
    if (is_secure(pid))
        return "not preloaded; LD_PRELOAD would not reach it (AT_SECURE)";
    return is_elsewhere(pid) ? "not preloaded, in another mount namespace" : "not preloaded";
}

const char *absence_of_shim(pid_t pid)
{
    struct stat preload = {0};
    char *environment = text_of_process(pid, "environ");
    int file = foreign_open(pid, "/etc/ld.so.preload", &preload), error = file < 0 ? errno : 0;
    char *system = text_from(file);
    char *by_variable = name_in(environment, "LD_PRELOAD=", false);
    char *by_file = name_in(system, "", true);
    const char *why = by_file       ? why_not_by_file(pid, by_file, &preload)
                      : by_variable ? why_not_by_variable(pid, by_variable)
                                    : why_not_at_all(pid, error);

    free(environment);
    free(system);
    free(by_variable);
    free(by_file);
    return why;
}
