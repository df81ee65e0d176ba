/*
 * The file that a name would start.
 */
#ifndef OSRANDOM_LOCATE_H
#define OSRANDOM_LOCATE_H

/* As execvp(3) looks with this PATH; without one, the default has no current directory. A name with
 * a slash is the file itself, whether or not it may be executed. NULL if there is none; else in
 * memory that free() takes. */
char *locate(const char *name, const char *search);

#endif
