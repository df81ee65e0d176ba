/*
 * Makes a generator that cannot be reached notice that its process was duplicated.
 *
 * A FIPS provider, and a copy of OpenSSL that has no symbols, know a fork by getpid() alone: each
 * of their DRBGs keeps the number that it saw at its last draw, and reseeds from the kernel when it
 * sees another. Copies of a process that have the same number (process 1 of nested PID namespaces,
 * a restored checkpoint) go on alike. So code inside such an object, and nobody else, is told
 * another number there.
 *
 * What marks a duplication is a word in memory that the kernel wipes in the child, and that CRIU
 * since 4.2 does not restore (MAP_DROPPABLE, Linux 6.11). Before that the child's is wiped, and a
 * restored process is not noticed (MADV_WIPEONFORK, Linux 4.14). Memory that is found wiped is a
 * new life; under memory pressure the kernel may wipe it too, and that costs no more than a seed.
 * A number is told as it is in the life in which the objects saw it first, and so mostly always; in
 * a later life the same number means an earlier process, or one that had its number, and stands for
 * it in DRBGs that have not drawn since: then the number told is larger than any process number can
 * be (from 2^22 on; the kernel's are below), and has not been told to this process or one before
 * it. It stays the same for the life: the FIPS provider's self-tests ask several times.
 *
 * Tasks that share memory (threads, children of vfork(), CLONE_VM) share a life: there the DRBGs
 * are shared too, and nothing repeats. Told to one of them is what its own number makes.
 *
 * Not noticed: a virtual machine that was cloned; a restore by CRIU before 4.2, or before
 * Linux 6.11; a fork by a signal handler, for the one draw that it interrupted; anything where the
 * kernel or a sandbox refuses such memory (guard_start() answers false then).
 *
 * Thread and signal safe, without locks; may run before the shim is relocated, and in a child of
 * any kind. errno untouched.
 */
#ifndef OSRANDOM_GUARD_H
#define OSRANDOM_GUARD_H

#include <stdbool.h>
#include <stdint.h>

/* Makes the word; the process's number of now counts as seen. False: there is no memory that forks
 * wipe, and numbers stay real. */
bool guard_start(void);

/* Another getpid() comes before ours in this process: nobody is told anything. */
void guard_give_up(void);

/* Whether it is there: one load. */
bool guard_is_up(void);

/* What code under guard is told when the real number is this one. */
int guard_number(int real);

#endif
