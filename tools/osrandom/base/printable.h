/*
 * Names that anyone may have chosen, made fit for a terminal: the one way for all of them.
 */
#ifndef OSRANDOM_PRINTABLE_H
#define OSRANDOM_PRINTABLE_H

#include <stddef.h>

/*
 * A text with all that is not printable ASCII written as \x1b, cut to room - 1 bytes; four times
 * its length and one is enough for the whole. Not only control bytes are escaped: in UTF-8 there
 * are more of them (U+009B), some characters turn a line around (U+202E), and which bytes are
 * which depends on the terminal.
 */
void printable_into(char *printable, size_t room, const char *text);

#endif
