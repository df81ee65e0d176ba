/*
 * What a descriptor is open on, asked of the kernel itself: C libraries before glibc 2.33 have no
 * fstat() to import, and their struct stat is not the kernel's.
 */
#ifndef OSRANDOM_LINUX_FILE_H
#define OSRANDOM_LINUX_FILE_H

#include <stdbool.h>
#include <stdint.h>

struct linux_file {
    uint64_t device;
    uint64_t inode;
    uint64_t special; /* a device's own number; 0 for what is no character device */
    uint32_t owner;
    bool may_be_written_by_others; /* by a group's members or by anyone, as its mode says */
    bool regular; /* a file as others, not a device, a pipe, a directory or the like */
};

/* False if the descriptor is closed. Signal and thread safe, errno untouched; one system call. */
bool linux_file_of(int descriptor, struct linux_file *file);

#endif
