/*
 * What can be told of one running process.
 */
#ifndef OSRANDOM_LOOK_H
#define OSRANDOM_LOOK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "mapped.h"

enum look_state {
    LOOK_COVERED,
    LOOK_UNCOVERED,
    LOOK_GUARDED, /* else covered, but some generators stay OpenSSL's, made to notice forks */
    LOOK_NO_OPENSSL,
    LOOK_NOT_PERMITTED,
    LOOK_GONE,    /* no such process, or it is over, or a thread of the kernel */
    LOOK_TROUBLE, /* why says which */
};

enum { LOOK_OPENSSLS = 8, LOOK_NAME = 256, LOOK_WHY = 120 };

/* Without pointers: a child fills it in shared memory. Names may hold any byte. */
struct look {
    pid_t pid;
    enum look_state state;
    bool self_reported; /* covered, and the mapped shim is not known to be ours */
    bool has_shim;      /* mode to failures are set */
    char program[LOOK_NAME];
    char why[LOOK_WHY]; /* "" if there is nothing to say */
    unsigned int mode, source;
    unsigned int openssl_count;
    struct look_openssl {
        char object[LOOK_NAME];
        char version[MAPPED_LONGEST_VERSION];
        bool pinned, guarded;
    } openssl[LOOK_OPENSSLS];
    uint64_t draws, bytes, swaps, failures;
};

/* Looks from a child, which is killed when it takes more than some seconds. The pointer is good
 * until the next look. */
const struct look *look_at(pid_t pid);

/* Once, first: what shim is ours, or NULL if none is found. */
void look_start(const char *shim);

#endif
