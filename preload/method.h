/*
 * The RAND_METHOD that is pinned: every byte comes from random_fill().
 */
#ifndef OSRANDOM_METHOD_H
#define OSRANDOM_METHOD_H

#include <stddef.h>

#include "openssl_abi.h"
#include "random.h"

extern const struct rand_method osrandom_method;

/* 1, or 0 when no source serves: then the failure is counted, reported once, and the process is
 * stopped if OSRANDOM_ON_FAILURE says so. Thread and signal safe as random_fill() is. */
int method_draw(void *buffer, size_t length);

/* The same with OpenSSL's int length: a negative one is an error, and (NULL, 0) is served. */
int method_bytes(unsigned char *buffer, int length);

/* Called when an OpenSSL draws or seeds by the method, and when it is through with it (in
 * OPENSSL_cleanup()), with an address in its code. NULL: not called. */
extern void (*_Atomic method_used)(const void *caller);
extern void (*_Atomic method_released)(const void *caller);

/* What is done about the sources' notices. */
random_notify_function report_of_source;

/* Ends the process as abort(3) does; by an illegal instruction where there is no C library. */
void stop_process(void) __attribute__((noreturn));

#endif
