/*
 * Signs that this machine went on from a snapshot, in which case another may have done so too.
 *
 * Which there are depends on the hypervisor; all that the machine has are watched at once. A sign
 * too many, as when someone sets the clock, costs a reseed.
 */
#ifndef OSRANDOM_SIGNS_H
#define OSRANDOM_SIGNS_H

#include <stdbool.h>

#include "host_clock.h"
#include "vmclock.h"

struct signs {
    struct vmclock vmclock;
    int uevents;       /* netlink socket: the kernel's word about a vmgenid */
    int clock_setting; /* timer that ends when someone sets the clock */
    int port;          /* virtio port: the host calls in; -1: none */
    struct host_clock host;
    bool port_has_bytes; /* when signs_wait() returned */
    bool host_known, counter_watched, counter_known;
    double ahead, doubt; /* of the host's clock when it was read last */
    double counter, raw,
        rate;     /* the processor's counter, CLOCK_MONOTONIC_RAW, and the first by the second */
    double quiet; /* CLOCK_MONOTONIC when there was last no sign */
};

/* port may be -1. Never fails: what the machine does not have is not watched. */
void signs_open(struct signs *signs, int port);

/* "/dev/vmclock0, ...", which free() takes. */
char *signs_in_words(const struct signs *signs);

/* Waits so many seconds, or less if something happens: NULL if that was no sign, otherwise what it
 * was, a phrase that free() takes. */
char *signs_wait(struct signs *signs, double seconds);

/* CLOCK_MONOTONIC in seconds. What quiet is compared with. */
double signs_now(void);

#endif
