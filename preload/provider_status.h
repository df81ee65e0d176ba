/*
 * The block that tells an operator from outside what becomes of the provider: `osrandom status`
 * reads it through /proc/PID/mem, by the exported symbol osrandom_provider_status. The shim's own
 * (status.h) has another name, by which a shim knows a second one.
 *
 * Every number is in the host's byte order, every address is one of the process that is looked at.
 * Fields are only ever added at the end, with a new size.
 */
#ifndef OSRANDOM_PROVIDER_STATUS_H
#define OSRANDOM_PROVIDER_STATUS_H

#include <stdint.h>

#include "status.h"

enum { OSRANDOM_PROVIDER_LAYOUT = 1, OSRANDOM_PROVIDER_OPENSSLS = 8 };

struct osrandom_provider_status {
    char magic[8]; /* OSRANDOM_STATUS_MAGIC */
    uint32_t layout;
    uint32_t size; /* of this structure */
    uint32_t source;
    uint32_t reserved;
    uint64_t counters; /* address of a struct osrandom_counters, 0 before the start */
    /* Those that have loaded the provider, of which some are given up again. More are not told. */
    struct osrandom_drawing {
        uint64_t function
            __attribute__((aligned(8))); /* an address in that OpenSSL's code; 0: no entry */
        /* 1 once it has drawn: by RAND_bytes() and its kin, or from a generator, and not for the
         * seed of another one. A forked child has it from its parent. */
        uint32_t has_drawn;
        uint32_t reserved;
    } openssl[OSRANDOM_PROVIDER_OPENSSLS];
};

/* Exported by the module. */
extern struct osrandom_provider_status osrandom_provider_status
    __attribute__((visibility("default")));

#endif
