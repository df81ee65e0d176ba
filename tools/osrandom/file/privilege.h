/*
 * Whether the kernel would start a program with more rights, in which case the loader ignores
 * LD_PRELOAD (AT_SECURE, getauxval(3)).
 */
#ifndef OSRANDOM_PRIVILEGE_H
#define OSRANDOM_PRIVILEGE_H

#include <stdbool.h>

enum privilege { PRIVILEGE_NONE, PRIVILEGE_SET_ID, PRIVILEGE_CAPABILITIES };

/* for_this_user: not what the caller has already, nor what a mount option or no_new_privs keeps
 * away. */
enum privilege privilege_of(const char *path, bool for_this_user);

#endif
