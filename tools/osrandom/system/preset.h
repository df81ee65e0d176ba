/*
 * The text of /etc/ld.so.preload, as glibc reads it: names with blanks, newlines or colons between
 * them, and comments from a '#' to the end of the line. Files are replaced, never written into: no
 * program may meet half a line.
 */
#ifndef OSRANDOM_PRESET_H
#define OSRANDOM_PRESET_H

#include <stdbool.h>

/* The first entry whose last part is the shim's name, in memory that free() takes; or NULL. */
char *preset_entry(const char *text);

/* Without the shim's entries, and without the lines that were theirs alone. Memory for free(). */
char *preset_without(const char *text);

/* The same with one entry, in a line of its own at the end. Memory for free(). */
char *preset_with(const char *text, const char *entry);

/* Whether there is neither a name nor a comment. */
bool preset_is_blank(const char *text);

/* The file's text, through links; "" if there is none. NULL and errno if it cannot be read. Memory
 * for free(). */
char *preset_read(const char *path);

/* Written beside the file that the path leads to, and renamed; a link stays one, and a file keeps
 * its owner and mode. 0, or -1 and errno. */
int preset_write(const char *path, const char *text);

/* The file that the path leads to, through links, whether or not it is there; NULL and errno if it
 * leads nowhere. Memory for free(). */
char *preset_target(const char *path);

#endif
