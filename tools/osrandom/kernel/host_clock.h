/*
 * The time as the host has it: it went on while this machine was a file.
 *
 * The clock that a guest keeps by itself did not, for a hypervisor that restores a snapshot
 * restores that too. Seen from the guest, the host's clock jumps then.
 */
#ifndef OSRANDOM_HOST_CLOCK_H
#define OSRANDOM_HOST_CLOCK_H

#include <stdbool.h>

struct host_clock {
    int file;         /* -1: this machine has none */
    bool is_ptp;      /* a PTP clock of a hypervisor's; else the RTC, which tells whole seconds */
    char name[64];    /* its device */
    double precision; /* seconds by which a reading may be off */
};

/* The best there is: KVM's, Hyper-V's or vmclock's PTP clock, or /dev/rtc0. */
struct host_clock host_clock_open(void);

/* Its seconds ahead of CLOCK_BOOTTIME; false if it cannot be read now. *doubt is by how many
 * seconds that may be wrong. */
bool host_clock_read(const struct host_clock *clock, double *ahead, double *doubt);

#endif
