/*
 * See text.h.
 */
#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *text_format(const char *format, ...)
{
    char *text = NULL;
    va_list arguments;

    va_start(arguments, format);
    if (vasprintf(&text, format, arguments) < 0)
        abort();
    va_end(arguments);
    return text;
}

char *text_last_line(char *text)
{
    size_t length = strlen(text);
    char *before;

    while (length > 0 && text[length - 1] == '\n')
        text[--length] = '\0';
    before = strrchr(text, '\n');
    return before ? before + 1 : text;
}
