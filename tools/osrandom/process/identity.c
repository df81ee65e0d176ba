/*
 * See identity.h.
 */
#include "identity.h"

#include <ctype.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "foreign.h"

/* ---- Users ---- */

static struct user {
    uid_t uid;
    char name[IDENTITY_USER];
} * users;
static size_t user_count;

/* Not by getpwuid(3), which may ask a server that does not answer. */
void identity_start(void)
{
    FILE *file = fopen("/etc/passwd", "re");
    const struct passwd *entry;

    while (file && (entry = fgetpwent(file))) {
        users = grown(users, user_count, sizeof(*users));
        users[user_count].uid = entry->pw_uid;
        snprintf(users[user_count].name, sizeof(users->name), "%s", entry->pw_name);
        user_count++;
    }
    if (file)
        fclose(file);
}

static void name_user(struct identity *identity)
{
    for (size_t i = 0; i < user_count; i++)
        if (users[i].uid == identity->uid) {
            memcpy(identity->user, users[i].name, sizeof(identity->user));
            return;
        }
    snprintf(identity->user, sizeof(identity->user), "%u", (unsigned int)identity->uid);
}

/* ---- What the kernel shows ---- */

/* The beginning of a file of /proc/PID; false if there is none. */
static bool read_of(pid_t pid, const char *name, char *text, size_t room)
{
    char path[64];
    int file;
    ssize_t length;

    snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
    file = open(path, O_RDONLY | O_CLOEXEC);
    length = file < 0 ? -1 : foreign_read(file, text, room);
    if (file >= 0)
        close(file);
    return length > 0;
}

static void read_program(pid_t pid, struct identity *identity)
{
    static const char mark[] = " (deleted)";
    char path[64], *name = identity->program;
    ssize_t length, shorter;

    snprintf(path, sizeof(path), "/proc/%d/exe", (int)pid);
    length = readlink(path, name, sizeof(identity->program) - 1);
    if (length > 0) {
        name[length] = '\0';
        shorter = length - (ssize_t)strlen(mark);
        if (shorter > 0 && strcmp(name + shorter, mark) == 0)
            name[shorter] = '\0';
    } else if (read_of(pid, "comm", name, sizeof(identity->program))) {
        name[strcspn(name, "\n")] = '\0';
    }
}

static void read_user(pid_t pid, struct identity *identity)
{
    char text[4096];
    const char *line = read_of(pid, "status", text, sizeof(text)) ? strstr(text, "\nUid:") : NULL;
    unsigned int uid;

    identity->is_known = line && sscanf(line, "\nUid: %*u %u", &uid) == 1;
    if (!identity->is_known)
        return;
    identity->uid = (uid_t)uid;
    name_user(identity);
}

/* ---- Control groups ---- */

/* A line is "0::/path" in the one hierarchy of today, "1:name=systemd:/path" in systemd's of
 * before; a machine may have both, and the first of these is then empty. */
static void read_cgroup(pid_t pid, struct identity *identity)
{
    static char text[1 << 16];
    const char *path = NULL;

    if (!read_of(pid, "cgroup", text, sizeof(text)))
        return;
    for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
        const char *first = strchr(line, ':'), *second = first ? strchr(first + 1, ':') : NULL;
        bool is_ours =
            strncmp(line, "0::", 3) == 0 || (first && strncmp(first, ":name=systemd:", 14) == 0);

        if (second && is_ours && (!path || path[1] == '\n' || path[1] == '\0'))
            path = second + 1;
    }
    if (path)
        snprintf(identity->cgroup, sizeof(identity->cgroup), "%.*s", (int)strcspn(path, "\n"),
                 path);
}

static bool ends_with(const char *text, size_t length, const char *end)
{
    return length > strlen(end) && strncmp(text + length - strlen(end), end, strlen(end)) == 0;
}

static bool is_unit(const char *part, size_t length)
{
    return ends_with(part, length, ".service") || ends_with(part, length, ".scope") ||
           ends_with(part, length, ".socket") || ends_with(part, length, ".mount") ||
           ends_with(part, length, ".swap");
}

/* 64 hexadecimal digits, wherever they begin in the part. */
static const char *id_in(const char *part, size_t length)
{
    enum { DIGITS = 64 };
    size_t run = 0;

    for (size_t i = 0; i < length; i++) {
        run = isxdigit((unsigned char)part[i]) ? run + 1 : 0;
        if (run == DIGITS)
            return part + i + 1 - DIGITS;
    }
    return NULL;
}

static void note_container(struct identity *identity, const char *part, size_t length)
{
    static const char *const starts[] = {"machine-", "lxc.payload.", "systemd-nspawn@"};
    const char *id = id_in(part, length);

    if (id) /* a container in a container: the inner one */
        snprintf(identity->container, sizeof(identity->container), "%.12s", id);
    for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
        size_t start = strlen(starts[i]);
        size_t end = ends_with(part, length, ".scope")     ? length - strlen(".scope")
                     : ends_with(part, length, ".service") ? length - strlen(".service")
                                                           : length;

        if (length > start && end > start && strncmp(part, starts[i], start) == 0)
            snprintf(identity->container, sizeof(identity->container), "%.*s", (int)(end - start),
                     part + start);
    }
}

/* The unit is the first part that is no slice: what lies below it is the unit's own affair. */
void identity_from_cgroup(struct identity *identity)
{
    for (const char *part = identity->cgroup; *part;) {
        size_t length;

        part += *part == '/';
        length = strcspn(part, "/");
        if (!*identity->unit && is_unit(part, length))
            snprintf(identity->unit, sizeof(identity->unit), "%.*s", (int)length, part);
        note_container(identity, part, length);
        part += length;
    }
}

void identity_of(pid_t pid, struct identity *identity)
{
    memset(identity, 0, sizeof(*identity));
    read_program(pid, identity);
    read_user(pid, identity);
    read_cgroup(pid, identity);
    identity_from_cgroup(identity);
}
