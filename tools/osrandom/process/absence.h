/*
 * Why a process has no shim.
 */
#ifndef OSRANDOM_ABSENCE_H
#define OSRANDOM_ABSENCE_H

#include <sys/types.h>

/* A clause, as far as its environment, its root's /etc/ld.so.preload and its mount namespace tell;
 * static. */
const char *absence_of_shim(pid_t pid);

#endif
