/*
 * What the files are that a process has mapped, as far as OpenSSL goes: read once each, for a
 * machine's processes mostly share them.
 */
#ifndef OSRANDOM_MAPPED_H
#define OSRANDOM_MAPPED_H

#include <stdbool.h>
#include <sys/types.h>

#include "process.h"

enum mapped_kind {
    MAPPED_OTHER,
    MAPPED_OPENSSL, /* the shim can pin it */
    MAPPED_CLOSED,  /* BoringSSL, AWS-LC, LibreSSL: takes no method */
    MAPPED_HIDDEN,  /* a static copy that exports nothing */
    MAPPED_FIPS,    /* OpenSSL's FIPS provider */
};

enum { MAPPED_LONGEST_VERSION = 24 };

struct mapped {
    enum mapped_kind kind;
    char version[MAPPED_LONGEST_VERSION]; /* "3.0.19", "AWS-LC"; "" if it is not known */
    /* Why the file was judged by its name alone, though it is there and may be read: a clause. */
    const char *unread;
};

/* Whether an object may begin with this mapping. */
bool mapped_is_candidate(const struct mapping *mapping);

/*
 * A file that cannot be read is judged by its name. Not read are files that may never answer
 * (mounts.h), those of more than a gigabyte, and those of more than 64 MiB that are mostly holes.
 */
struct mapped mapped_look(pid_t pid, const struct mapping *mapping);

/* The cache in memory that is shared with children, which may look at the same time; without it,
 * each looks anew. */
void mapped_start(void);

#endif
