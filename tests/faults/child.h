/*
 * A child whose system calls are told to us before they are made, but for some that are of no
 * interest.
 */
#ifndef OSRANDOM_TESTS_CHILD_H
#define OSRANDOM_TESTS_CHILD_H

#include <stddef.h>
#include <sys/types.h>

/* Runs the function, which must not return, in a child; listener gets the seccomp descriptor, -1 if
 * there is none. Returns the child, or -1. */
pid_t watched_child(int *listener, void (*function)(const void *), const void *argument);

/* What the last child has written to descriptor 1 or 2; the next call uses the memory again. */
char *child_text(int descriptor, size_t *length);

#endif
