/*
 * Files whose paths anyone may have chosen, and may change meanwhile.
 */
#ifndef OSRANDOM_REGULAR_H
#define OSRANDOM_REGULAR_H

#include <stdio.h>
#include <sys/stat.h>

/*
 * A descriptor to read a regular file by, close-on-exec, and what fstat() says of it; -1 if there
 * is none, with errno. A pipe, a socket or a device that stands there, or is put there meanwhile,
 * is not opened: that could wait for ever, or do something. errno is EINVAL then.
 */
int regular_open(const char *path, struct stat *status);

/* The same as a stream; NULL also if the file has more than most bytes: errno is EFBIG then. */
FILE *regular_stream(const char *path, off_t most);

#endif
