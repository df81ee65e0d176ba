/*
 * What can be told of running processes.
 *
 * Each is looked at from a child. One that takes too long is given up: it is killed, and not waited
 * for, since not even that ends one that waits for a file system that never answers. Several look
 * at the same time, so that the slow ones hold up nobody.
 */
#ifndef OSRANDOM_LOOK_H
#define OSRANDOM_LOOK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "identity.h"
#include "mapped.h"

enum look_state {
    LOOK_COVERED,
    LOOK_UNCOVERED,
    LOOK_PROVIDER, /* without the shim, and its OpenSSLs have drawn from the provider */
    LOOK_GUARDED,  /* else covered, but some generators stay OpenSSL's, made to notice forks */
    LOOK_SWAPPED,  /* the shim was there, and OpenSSL's method is another's by now */
    LOOK_NO_OPENSSL,
    LOOK_NOT_PERMITTED,
    LOOK_GONE,    /* no such process, or it is over, or a thread of the kernel */
    LOOK_TROUBLE, /* why says which */
    LOOK_PASSED,  /* not wanted: it was not looked at */
    LOOK_STATES,
};

enum { LOOK_OPENSSLS = 8, LOOK_NAME = 256, LOOK_WHY = 120 };

/* Without pointers: a child fills it in shared memory. Names may hold any byte. */
struct look {
    pid_t pid;
    enum look_state state;
    bool self_reported; /* covered or guarded, and nothing vouches for the shim that it shows */
    bool has_shim;      /* mode is set */
    bool has_figures;   /* of the shim or the provider: source to failures are set */
    bool is_partly;     /* what is told holds, should the rest take too long */
    unsigned int word;  /* in bytes, of its shim: 4 or 8 */
    struct identity identity;
    char why[LOOK_WHY]; /* "" if there is nothing to say */
    unsigned int mode, source;
    unsigned int rule; /* the line of /etc/osrandom.conf, see status.h; 0: none */
    unsigned int openssl_count;
    struct look_openssl {
        char object[LOOK_NAME];
        char version[MAPPED_LONGEST_VERSION];
        bool pinned, guarded, provided;
    } openssl[LOOK_OPENSSLS];
    uint64_t draws, bytes, swaps, failures;
};

/* Once, first: what shim and what module are ours, or NULL if none is found; whether a trail is
 * kept (trail.h); and which processes are wanted, asked in the child before anything is looked at.
 * NULL: all. */
void look_start(const char *shim, const char *module, bool with_trail,
                bool (*is_wanted)(const struct identity *identity));

/* Looks at all of them, and calls tell for each, in their order. The pointer is good until it
 * returns. */
void look_at_all(const pid_t *pids, size_t count,
                 void (*tell)(const struct look *look, void *context), void *context);

#endif
