/*
 * An /etc of its own, with the rules that a test wants.
 */
#ifndef OSRANDOM_TESTS_ETC_H
#define OSRANDOM_TESTS_ETC_H

#include <stdbool.h>

#include "ledger.h"
#include "spawn.h"
#include "text.h"

/*
 * Runs a shell script as root in a mount namespace in which /etc is a copy without an
 * osrandom.conf, and /mnt an empty file system in memory, where it begins. $CONF is the file's
 * path, $SHIM and $PLAIN the shim with the ledger and without, $USES programs/uses.c in /mnt and
 * $OSRANDOM the command. The test is skipped where that cannot be had.
 */
struct outcome in_etc(const char *script, const struct ledger *ledger);

/* Runs $USES under the shim: whether the bytes that it prints are the kernel's, and what is said on
 * standard error: words of it, "": nothing. */
void expect_uses(const char *script, bool ours, const char *err);

/* How often one text is in another. */
unsigned int times_in(const char *text, const char *what);

#endif
