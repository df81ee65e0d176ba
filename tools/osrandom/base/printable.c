/*
 * See printable.h.
 */
#include "printable.h"

#include <stdio.h>

void printable_into(char *printable, size_t room, const char *text)
{
    size_t length = 0;

    for (; *text && length < room; text++) {
        unsigned char byte = (unsigned char)*text;

        length += (size_t)snprintf(printable + length, room - length,
                                   byte >= ' ' && byte < 0x7f ? "%c" : "\\x%02x", byte);
    }
    if (length == 0 && room > 0)
        *printable = '\0';
}
