/*
 * See printable.h.
 */
#include "printable.h"

#include <stdbool.h>
#include <stdio.h>

void printable_into(char *printable, size_t room, const char *text)
{
    size_t length = 0;

    for (; *text && length < room; text++) {
        unsigned char byte = (unsigned char)*text;
        bool control = byte < ' ' || byte == 0x7f;

        length +=
            (size_t)snprintf(printable + length, room - length, control ? "\\x%02x" : "%c", byte);
    }
    if (length == 0 && room > 0)
        *printable = '\0';
}
