/*
 * Names that anyone may have chosen, made fit for a terminal.
 */
#ifndef OSRANDOM_PRINTABLE_H
#define OSRANDOM_PRINTABLE_H

#include <stddef.h>

/* A text with control bytes written as \x1b, cut to room - 1 bytes. */
void printable_into(char *printable, size_t room, const char *text);

#endif
