/*
 * A copy of this machine to install things on: a copy-on-write view of its root, in a mount
 * namespace of its own, with the Debian package at hand. Nothing of it stays.
 */
#ifndef OSRANDOM_TESTS_COMMAND_MACHINE_H
#define OSRANDOM_TESTS_COMMAND_MACHINE_H

#include "spawn.h"

/* Runs a shell script as root of the copy. $DEBS are the packages, $OTHER_LOADER is what a PC's
 * programs of the other word size are loaded by, $SOURCE is the source tree and
 * $BUILD the build directory, as they are here. The test is skipped if there is no package, or if
 * no copy can be made. The status is that of the first command to fail. */
struct outcome on_machine(const char *script);

#endif
