/*
 * See memory.h.
 */
#include "memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "complain.h"

void *grown(void *array, size_t count, size_t size)
{
    void *larger = reallocarray(array, count + 1, size);

    if (!larger)
        exit(complain("", "there is no memory left"));
    return larger;
}

char *text_of(const char *format, ...)
{
    char *text = NULL;
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (length < 0)
        exit(complain("", "there is no memory left"));
    return text;
}
