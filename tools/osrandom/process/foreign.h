/*
 * Opening files that another process has chosen: what it has mapped, and paths below its root.
 *
 * It may put a link, a device, a FIFO or a file that never answers in their place at any moment.
 * So a path is walked below the process's root and never above it, what is found there is only
 * opened once it is known to be a regular file on a file system of the kernel's own (mounts.h), and
 * the very file that was looked at is the one that is opened.
 */
#ifndef OSRANDOM_FOREIGN_H
#define OSRANDOM_FOREIGN_H

#include <sys/stat.h>
#include <sys/types.h>

#include "process.h"

/* A descriptor to read from, and what the file is. -1 and errno as open(2) has it; ENOSYS: a kernel
 * before Linux 5.6, which has no openat2(2); EPERM: not a file that is read, see above. */
int foreign_open(pid_t pid, const char *path, struct stat *status);

/* The same of the file that is mapped there. ESTALE: another one lies at its path by now. */
int foreign_open_mapped(pid_t pid, const struct mapping *mapping, struct stat *status);

/* A text of at most room - 1 bytes from the beginning of a file; its length, or -1. */
ssize_t foreign_read(int descriptor, char *text, size_t room);

#endif
