/*
 * Reads the shim's status block (status.h) out of another process, which runs on meanwhile.
 *
 * What is found there is the word of that process. A hostile one can forge all of it, so everything
 * is bounded and checked, and nothing more is promised of the result than that it is well formed.
 * Whether the shim is the one that is installed is for the caller to judge, by shim.path, device,
 * inode and build id.
 *
 * Thread safe. May wait as process_read() does: a monitor does well to look from a child that it
 * can kill.
 */
#ifndef OSRANDOM_STATUS_BLOCK_H
#define OSRANDOM_STATUS_BLOCK_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "process.h"
#include "provider_status.h"

enum block_result {
    BLOCK_READ,
    BLOCK_NO_SHIM,       /* none is mapped */
    BLOCK_DISTRUSTED,    /* a block that no shim writes */
    BLOCK_OTHER_LAYOUT,  /* a block of another version of the shim */
    BLOCK_NOT_PERMITTED, /* as EACCES of process_open() */
    BLOCK_NO_PROCESS,    /* as ESRCH of process_open() */
    BLOCK_FAILED,        /* no memory, no descriptors: errno says which */
};

/* A mapped file; see struct mapping for what the members hold. */
struct block_object {
    uint64_t base; /* its address */
    dev_t device;
    uint64_t inode;
    bool deleted;        /* or its name ends in " (deleted)", which path then lacks */
    char path[PATH_MAX]; /* not fit for a terminal: see printable_into() */
};

/* What the word says where an OpenSSL keeps its method. */
enum block_method {
    BLOCK_METHOD_UNKNOWN, /* the block does not tell where that is */
    BLOCK_METHOD_OURS,    /* it points into the shim, at functions of the shim's */
    BLOCK_METHOD_NONE,    /* there is no method: OpenSSL draws from its own generator */
    BLOCK_METHOD_OTHER,   /* it points elsewhere: the shim was swapped out */
    BLOCK_METHOD_FALSE,   /* the place that the block tells is not in that OpenSSL's data */
};

struct block_openssl {
    struct block_object object; /* but for base, all 0 if nothing is mapped there now */
    uint64_t version;           /* as OpenSSL_version_num() answers; 0: not asked yet */
    unsigned int pin;           /* enum pin_state */
    enum block_method method;
    uint64_t method_word; /* its address; 0: not told */
};

enum block_counters {
    BLOCK_COUNTED,
    BLOCK_NOT_STARTED, /* nothing has been pinned or drawn yet; the sums are 0 */
    BLOCK_UNREADABLE,  /* the block names an address where nothing can be read; the sums are 0 */
};

enum { BLOCK_LONGEST_BUILD_ID = 64 };

struct block {
    struct block_object shim;
    unsigned char build_id[BLOCK_LONGEST_BUILD_ID];
    size_t build_id_size; /* in bytes; 0: none */
    unsigned int word;    /* of the process, in bytes: 4 or 8 */
    uint64_t dynamic;     /* the address of the shim's dynamic section */
    unsigned int shims;   /* how many there are; this is the first of those that pin an OpenSSL */
    unsigned int mode;    /* enum mode */
    unsigned int source;  /* enum random_source */
    unsigned int rule, ruled;
    size_t openssl_count;
    struct block_openssl openssl[OSRANDOM_STATUS_LIBCRYPTOS];
    /* Since the process was forked. Not read at one instant: a draw may be counted, and its bytes
     * not yet. */
    enum block_counters counters;
    uint64_t draws, bytes, swaps, failures;
};

/* What the provider's module shows, by provider_status.h: as much a word of the process. */
struct block_provider {
    bool is_there;
    struct block module; /* shim is the module; mode and openssl say nothing */
    size_t openssl_count;
    struct block_drawing {
        uint64_t base; /* of an OpenSSL that has loaded it */
        bool has_drawn;
    } openssl[OSRANDOM_PROVIDER_OPENSSLS];
};

/* status is set if the answer is BLOCK_READ, and of unspecified content otherwise. */
enum block_result block_of_pid(pid_t pid, struct block *status);

/* The same of a process that has been opened. *changed: memory that its list holds could not be
 * read, so that another look may find more. */
enum block_result block_of_process(struct process *process, struct block *status, bool *changed);

/* Both in one look. */
enum block_result blocks_of_process(struct process *process, struct block *status,
                                    struct block_provider *provider, bool *changed);

#endif
