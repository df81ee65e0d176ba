/*
 * See trail.h.
 */
#include "trail.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "base/printable.h"

enum { ROOM = 1 << 18, LONGEST_LINE = 4096 };

static char *notes;

void trail_start(void)
{
    void *memory = mmap(NULL, ROOM, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    notes = memory == MAP_FAILED ? NULL : memory;
}

bool trail_is_kept(void)
{
    return notes != NULL;
}

void trail_clear(void)
{
    if (notes)
        *notes = '\0';
}

void trail_note(const char *format, ...)
{
    char line[LONGEST_LINE], safe[4 * LONGEST_LINE];
    size_t length = notes ? strlen(notes) : 0;
    va_list arguments;

    if (!notes)
        return;
    va_start(arguments, format);
    vsnprintf(line, sizeof(line), format, arguments);
    va_end(arguments);
    printable_into(safe, sizeof(safe), line);
    if (length + strlen(safe) + 2 < ROOM)
        snprintf(notes + length, ROOM - length, "%s\n", safe);
}

const char *trail_text(void)
{
    return notes ? notes : "";
}
