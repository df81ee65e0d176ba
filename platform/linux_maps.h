/*
 * The files that are mapped into this process, as the kernel lists them in /proc/self/maps: that
 * needs no lock of the loader's.
 */
#ifndef OSRANDOM_LINUX_MAPS_H
#define OSRANDOM_LINUX_MAPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LINUX_MAPS_NAME = 64 };

/*
 * Calls visit for each mapping that begins at a file's beginning, with the last part of its path,
 * cut to LINUX_MAPS_NAME - 1 bytes. What is listed may have been unmapped when it is visited. False
 * if there is no /proc, or no descriptor to be had. errno is left alone.
 */
bool linux_maps_each(void (*visit)(uintptr_t start, const char *name, void *context),
                     void *context);

/* The whole path of the file whose beginning is mapped there, cut to room - 1 bytes; false if there
 * is none. What is odd in it is escaped, and a deleted file's says so, as proc_pid_maps(5) tells.
 */
bool linux_maps_path(uintptr_t start, char *path, size_t room);

/* Where size bytes of the file whose beginning is mapped there, from offset on, can be read: in the
 * first such mapping of it from there on. 0 if there is none. */
uintptr_t linux_maps_place(uintptr_t start, uintptr_t offset, size_t size);

#endif
