/*
 * The block that tells an operator from outside what the shim does: `osrandom status` reads it
 * through /proc/PID/mem, by the exported symbol osrandom_status. Layout 2; every number is in the
 * host's byte order, every address is one of the process that is looked at. Fields are only ever
 * added at the end, with a new size; a new value of an enum comes with a new layout.
 *
 * The two sides of that wall share this header and platform/random.h, and nothing else; what the
 * command says beforehand of /etc/osrandom.conf it reads by rules.h.
 */
#ifndef OSRANDOM_STATUS_H
#define OSRANDOM_STATUS_H

#include <stdbool.h>
#include <stdint.h>

#include "random.h"

#define OSRANDOM_STATUS_MAGIC "osrandom" /* the eight bytes, no terminator */

enum { OSRANDOM_STATUS_LAYOUT = 2, OSRANDOM_STATUS_LIBCRYPTOS = 8, RULED_MODE = 1 };

/* OSRANDOM_MODE. */
enum mode { MODE_ACTIVATE, MODE_REGISTER, MODE_BUILTIN, MODE_RESEED };

/* How an OpenSSL fares. */
enum pin_state {
    PIN_NONE,   /* not tried yet */
    PIN_TRYING, /* a thread is at it (in the block; see struct libcrypto) */
    PIN_HELD,   /* OpenSSL draws from us, as long as its method is ours */
    PIN_DRAWS,  /* built without methods: the draws that programs make themselves are ours, and from
                   3.5 on OpenSSL's own as well, once they have made one: random_provider.h */
    /* calls are handed on to it from here on */
    PIN_GIVEN,   /* in the block: the program's own method, with OSRANDOM_ON_REPLACE=allow */
    PIN_LEFT,    /* not pinned: OSRANDOM_MODE says so */
    PIN_REFUSED, /* takes no method: LibreSSL, BoringSSL, or one that we do not know */
    PIN_GUARDED, /* its own generator, made to notice that the process was duplicated (guard.h) */
    PIN_FOREIGN, /* never in the block: another library whose functions have these names */
};

struct osrandom_status {
    char magic[8];
    uint32_t layout;
    uint32_t size;     /* of this structure */
    uint32_t mode;     /* enum mode */
    uint32_t source;   /* enum random_source; RANDOM_AUTO: none has been needed yet */
    uint64_t counters; /* address of a struct osrandom_counters, 0 before the first pin */
    struct {
        uint64_t base
            __attribute__((aligned(8))); /* its load address, as in /proc/PID/maps; 0: no entry */
        uint64_t version __attribute__((aligned(8))); /* as OpenSSL_version_num() answers */
        uint32_t pin;                                 /* enum pin_state */
        uint32_t reserved;
    } libcrypto[OSRANDOM_STATUS_LIBCRYPTOS];
    /* Of each: the address of the word in its data where it keeps its method; 0: not known, or
     * closed down by OPENSSL_cleanup(), which keeps none. As long as that word holds the address of
     * a method of the shim's, it draws from us. */
    uint64_t method[OSRANDOM_STATUS_LIBCRYPTOS] __attribute__((aligned(8)));
    /* The line of /etc/osrandom.conf that decided on the mode, or if none did on the first of the
     * other settings that the file decided on; 0: on none. And which these are: a bit each, from
     * RULED_MODE on mode, source, on_replace, on_failure, log. */
    uint32_t rule;
    uint32_t ruled;
};

/* The process's own figures since it was forked: its memory is wiped in a child (Linux 4.14). */
struct osrandom_counters {
    struct random_tally tallies[RANDOM_STRIPES];
    uint64_t swaps;    /* another method or engine was offered, and kept out */
    uint64_t failures; /* draws that no source served */
    uint64_t life;     /* the lower half; see status_life() */
};

/* Exported. */
extern struct osrandom_status osrandom_status;

/* Where the shim itself counts: never NULL. */
struct osrandom_counters *status_counters(void);

/* Maps the counters' memory, the first time; without any, they lie in the shim's own and outlive a
 * fork. */
void status_start(void);

/*
 * Another number in each process: a child that was forked gets a new one, since what the parent's
 * was kept in is wiped there. Never 0. Process numbers do not serve: in nested PID namespaces they
 * repeat. Before Linux 4.14 a child keeps its parent's.
 */
uint32_t status_life(void);

/*
 * Whether each fork since that life was by a process with one thread, so that no lock was left
 * behind by another. It cannot always be told; "no" is the answer then. It is told best by who
 * looks before a child makes threads: status_look(), which costs some loads, and nothing before
 * status_start().
 */
bool status_is_undisturbed_since(uint32_t life);
void status_look(void);

/* Brings the block up to date with the settings, the source and the table of OpenSSLs. */
void status_update(void);

#endif
