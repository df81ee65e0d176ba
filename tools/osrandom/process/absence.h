/*
 * Why a process has no shim.
 */
#ifndef OSRANDOM_ABSENCE_H
#define OSRANDOM_ABSENCE_H

#include <sys/types.h>

/*
 * A clause, static: as far as its auxiliary vector, its environment, its root's /etc/ld.so.preload,
 * the file that one of these names, its start and its mount namespace tell. The process may have
 * chosen all of these but the first.
 */
const char *absence_of_shim(pid_t pid);

#endif
