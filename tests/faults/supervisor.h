/*
 * Runs the shim in a child whose system calls come to us first: seccomp's user notifications (Linux
 * 5.5). What the shim asks for is answered as a plan says, everybody else's calls pass.
 */
#ifndef OSRANDOM_TESTS_SUPERVISOR_H
#define OSRANDOM_TESTS_SUPERVISOR_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "plan.h"

struct supervised {
    struct trace
        trace; /* the calls made by code of that object, and by the vDSO and getentropy() */
    pid_t process;
    int exit_code; /* -1: it did not exit by itself */
    int signal;
    bool hung; /* it was killed after ten seconds */
    size_t out_length;
    char *out, *err; /* a NUL follows; the next run uses the memory again */
};

/* The function runs in the child; it may become another program, and must not return. False, with a
 * word in err, if this machine has no such notifications. */
bool supervise(struct supervised *seen, const struct plan *plan, const char *object,
               void (*child)(const void *), const void *argument);

#endif
