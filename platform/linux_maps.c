/*
 * See linux_maps.h and proc_pid_maps(5): "START-END PERMISSIONS OFFSET DEVICE INODE   PATH".
 */
#include "linux_maps.h"

#include <errno.h>
#include <linux/fcntl.h>
#include <stddef.h>

#include "linux_syscall.h"

enum { BUFFER = 512 }; /* small: a signal handler's stack may be */

struct line {
    char *name;
    size_t room;
    bool whole; /* the path, else its last part */
    unsigned int field;
    bool in_end, readable;
    uintptr_t start, end;
    uintptr_t offset;
    uintptr_t file; /* a mixture of its device and inode */
    size_t name_length;
};

static unsigned int digit(char byte)
{
    return byte <= '9' ? (unsigned int)(byte - '0') : (unsigned int)(byte - 'a') + 10;
}

static void add_to_name(struct line *line, char byte)
{
    if (byte == '/' && !line->whole)
        line->name_length = 0;
    else if (line->name_length < line->room - 1 && (line->name_length || byte != ' '))
        line->name[line->name_length++] = byte;
}

static void take(struct line *line, char byte)
{
    enum { RANGE, PERMISSIONS, OFFSET, DEVICE, INODE, PATH };
    uintptr_t *bound = line->in_end ? &line->end : &line->start;

    if (line->field >= PATH)
        add_to_name(line, byte);
    else if (byte == ' ')
        line->field++;
    else if (line->field == RANGE && byte == '-')
        line->in_end = true;
    else if (line->field == RANGE)
        *bound = *bound << 4 | digit(byte);
    else if (line->field == PERMISSIONS)
        line->readable |= byte == 'r';
    else if (line->field == OFFSET)
        line->offset = line->offset << 4 | digit(byte);
    else
        line->file = line->file * 31 + digit(byte);
}

/* Visits until it is told that it was enough; whether it was told, or all were visited. */
static bool visit_each(struct line empty, bool (*visit)(const struct line *line, void *context),
                       void *context, bool *enough)
{
    long descriptor = linux_syscall(SYS_openat, AT_FDCWD, "/proc/self/maps", O_RDONLY | O_CLOEXEC);
    struct line line = empty;
    char buffer[BUFFER] = {0}; /* for analyzers: read() fills it */
    long got;

    *enough = false;
    if (descriptor < 0)
        return false;
    do {
        got = linux_syscall(SYS_read, descriptor, buffer, sizeof(buffer));
        for (long i = 0; i < got && !*enough; i++) {
            if (buffer[i] != '\n') {
                take(&line, buffer[i]);
                continue;
            }
            line.name[line.name_length] = '\0';
            *enough = line.name_length && visit(&line, context);
            line = empty;
        }
    } while ((got > 0 && !*enough) || got == -EINTR);
    linux_syscall(SYS_close, descriptor);
    return true;
}

struct visitor {
    void (*visit)(uintptr_t start, const char *name, void *context);
    void *context;
};

static bool visit_last_part(const struct line *line, void *context)
{
    const struct visitor *visitor = context;

    if (line->offset == 0)
        visitor->visit(line->start, line->name, visitor->context);
    return false;
}

bool linux_maps_each(void (*visit)(uintptr_t start, const char *name, void *context), void *context)
{
    struct visitor visitor = {.visit = visit, .context = context};
    char name[LINUX_MAPS_NAME];
    bool enough;

    return visit_each((struct line){.name = name, .room = sizeof(name)}, visit_last_part, &visitor,
                      &enough);
}

static bool starts_there(const struct line *line, void *context)
{
    return line->offset == 0 && line->start == *(const uintptr_t *)context;
}

bool linux_maps_path(uintptr_t start, char *path, size_t room)
{
    bool found;

    visit_each((struct line){.name = path, .room = room, .whole = true}, starts_there, &start,
               &found);
    return found;
}

struct place {
    uintptr_t start, offset, file, found;
    size_t size;
};

static bool is_place(const struct line *line, void *context)
{
    struct place *place = context;
    const uintptr_t behind = place->offset - line->offset;

    if (line->start == place->start)
        place->file = line->file;
    if (!line->readable || line->start < place->start || line->file != place->file ||
        line->offset > place->offset || line->end - line->start < place->size ||
        line->end - line->start - place->size < behind)
        return false;
    place->found = line->start + behind;
    return true;
}

uintptr_t linux_maps_place(uintptr_t start, uintptr_t offset, size_t size)
{
    struct place place = {.start = start, .offset = offset, .size = size};
    char name[2]; /* that there is one is enough */
    bool found;

    visit_each((struct line){.name = name, .room = sizeof(name)}, is_place, &place, &found);
    return place.found;
}
