/*
 * The page that a hypervisor shares with its guest as a vmclock: Linux 6.13, /dev/vmclock0. A
 * marker in it changes when the machine goes on from a snapshot, or elsewhere.
 */
#ifndef OSRANDOM_VMCLOCK_H
#define OSRANDOM_VMCLOCK_H

#include <stdbool.h>
#include <stdint.h>

struct vmclock {
    int file;
    bool notifies; /* poll(2) tells of changes, until it is read */
    uint64_t disruption, generation;
};

/* False if it is none, or of a layout that is not known. */
bool vmclock_open(struct vmclock *clock, const char *path);

/* Reads it anew: whether a marker has changed since. */
bool vmclock_has_changed(struct vmclock *clock);

#endif
