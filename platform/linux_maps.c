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
    unsigned int field;
    bool in_end;
    uintptr_t start;
    uintptr_t offset;
    size_t name_length;
    char name[LINUX_MAPS_NAME];
};

static unsigned int digit(char byte)
{
    return byte <= '9' ? (unsigned int)(byte - '0') : (unsigned int)(byte - 'a') + 10;
}

static void add_to_name(struct line *line, char byte)
{
    if (byte == '/')
        line->name_length = 0;
    else if (line->name_length < LINUX_MAPS_NAME - 1)
        line->name[line->name_length++] = byte;
}

static void take(struct line *line, char byte)
{
    enum { RANGE, PERMISSIONS, OFFSET, DEVICE, INODE, PATH };

    if (line->field >= PATH)
        add_to_name(line, byte);
    else if (byte == ' ')
        line->field++;
    else if (line->field == RANGE && byte == '-')
        line->in_end = true;
    else if (line->field == RANGE && !line->in_end)
        line->start = line->start << 4 | digit(byte);
    else if (line->field == OFFSET)
        line->offset = line->offset << 4 | digit(byte);
}

bool linux_maps_each(void (*visit)(uintptr_t start, const char *name, void *context), void *context)
{
    long descriptor = linux_syscall(SYS_openat, AT_FDCWD, "/proc/self/maps", O_RDONLY | O_CLOEXEC);
    struct line line = {0};
    char buffer[BUFFER];
    long got;

    if (descriptor < 0)
        return false;
    do {
        got = linux_syscall(SYS_read, descriptor, buffer, sizeof(buffer));
        for (long i = 0; i < got; i++) {
            if (buffer[i] != '\n') {
                take(&line, buffer[i]);
                continue;
            }
            line.name[line.name_length] = '\0';
            if (line.name_length && line.offset == 0)
                visit(line.start, line.name, context);
            line = (struct line){0};
        }
    } while (got > 0 || got == -EINTR);
    linux_syscall(SYS_close, descriptor);
    return true;
}
