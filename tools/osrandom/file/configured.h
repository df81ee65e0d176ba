/*
 * Whether openssl.cnf has an OpenSSL draw from the provider "osrandom", told from its file, the
 * module's and that of libcrypto: preload/README.md, "Where nothing can be preloaded".
 */
#ifndef OSRANDOM_CONFIGURED_H
#define OSRANDOM_CONFIGURED_H

#include <stdbool.h>

#include "object.h"

enum configured {
    CONFIGURED_NOT,     /* OpenSSL's own generator serves */
    CONFIGURED_SERVES,  /* draws come from the provider, or fail */
    CONFIGURED_FAILS,   /* draws fail */
    CONFIGURED_UNKNOWN, /* openssl.cnf, or what it includes, is not understood */
};

/* The process that would read it. */
struct configured_for {
    bool is_secure; /* started with more rights: its environment counts for nothing */
    bool is_root;   /* reads what others may not */
};

/* *fact is a clause for people, in memory that free() takes, or NULL if openssl.cnf does not
 * mention the provider. Of a library only: an OpenSSL inside a program looks who knows where. */
enum configured configured(const struct object *libcrypto, const struct configured_for *process,
                           char **fact);

#endif
