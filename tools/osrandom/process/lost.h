/*
 * Children that were given up: killed, and perhaps not to be killed, for they wait for a file
 * system that never answers. There may be one for each process that makes one hang, and never two
 * of them.
 */
#ifndef OSRANDOM_LOST_H
#define OSRANDOM_LOST_H

#include <stdbool.h>
#include <sys/types.h>

/* Kills the child that looked at this process, and does not wait for its end. */
void lost_add(pid_t child, pid_t process);

/* Forgets those that have ended since. */
void lost_bury(void);

/* Whether one that looked at this process may still hang. Known to children, too. */
bool lost_has(pid_t process);

#endif
