/*
 * Another process's mappings and memory, by /proc/PID/maps and /proc/PID/mem (proc(5)). It runs on:
 * nothing is attached, stopped or written. What it maps may change at any moment, so the list is
 * only of the moment when it was read, and an address of it may hold something else by now.
 *
 * Thread safety: each call on a struct process of its own.
 */
#ifndef OSRANDOM_PROCESS_H
#define OSRANDOM_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct mapping {
    uint64_t start, end, offset; /* bytes; end is the first address behind it */
    dev_t device;                /* of the file system; stat(2) tells another on btrfs, overlayfs */
    uint64_t inode;              /* 0: no file */
    char permissions[5];         /* "rw-p" */
    bool may_block;              /* a file on a file system that may never answer: mounts.h */
    /* "" for none. As the target sees it, in its mount namespace; it may hold any byte but a
     * newline, which the kernel writes as \012. " (deleted)" follows the name of a file that has
     * been removed or replaced. */
    const char *path;
};

struct process {
    struct mapping *mappings; /* in the order of their addresses */
    size_t count;
    char *text;
    int memory;
    int pages;   /* /proc/PID/pagemap, -1: none */
    size_t left; /* how many bytes may still be read */
};

/*
 * Returns 0, or a positive errno:
 *   ESRCH   no process of this number, or it is over, or it is a thread of the kernel
 *   EACCES  the caller may not look: see ptrace(2), "Ptrace access mode checking", and /proc's
 *           option hidepid
 *   others  as open(2) and malloc(3) say; E2BIG: a list of more than 64 MiB
 */
int process_open(struct process *process, pid_t pid);
void process_close(struct process *process);

/* When its first thread has ended, /proc/PID shows nothing of a process, and /proc/TID of another
 * thread all of it. 0 if it has no other. */
pid_t process_other_thread(pid_t pid);

/* Whether it has ended, or become another program, since it was opened: then what was read of it
 * may be cut off anywhere. */
bool process_is_over(const struct process *process);

/* The same from a text in the format of /proc/PID/maps and a descriptor in which an offset is an
 * address; both belong to the result from then on, and every mapping is taken to answer. 0 or
 * ENOMEM. */
int process_from(struct process *process, char *maps, int memory);

/*
 * False if not all of it can be read, or more than a quarter of a gigabyte has been read already.
 * Only what the list has is read, and of that no device and nothing shared. Of a file that may
 * never answer (mounts.h) only those pages are read that the process has in its memory.
 */
bool process_read(struct process *process, uint64_t address, void *buffer, size_t length);

/* NULL if nothing is mapped there. */
const struct mapping *process_mapping_at(const struct process *process, uint64_t address);

/* Whether both are mappings of one file. */
bool process_same_file(const struct mapping *one, const struct mapping *other);

#endif
