/*
 * What the tests that boot a guest need.
 */
#ifndef OSRANDOM_TESTS_GUEST_H
#define OSRANDOM_TESTS_GUEST_H

/* The test is skipped if a program is missing that they take. */
void need_guests(void);

/* The path of a kernel to boot, or of a tree that has a QEMU with a vmclock: fetched on the first
 * use. The test is skipped without. */
char *guest_kernel(void);
char *vmclock_tree(void);

#endif
