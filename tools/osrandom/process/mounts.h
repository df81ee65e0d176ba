/*
 * Which file systems answer by themselves, and which only when some process does.
 *
 * Anyone may mount a FUSE file system, map a file of it and never answer: whoever reads there waits
 * for ever, and no signal ends that. So what another process has mapped or names is read only from
 * file systems of the kernel's own that hold files; those that show the kernel's inside, such as
 * proc, are not files to be read either.
 */
#ifndef OSRANDOM_MOUNTS_H
#define OSRANDOM_MOUNTS_H

#include <stdbool.h>
#include <sys/types.h>

struct mounts;

/* As /proc/PID/mountinfo has them, its own and, for one that is confined by chroot(2), an
 * ancestor's: that asks no file system. Good until the next call in the same thread. */
const struct mounts *mounts_of(pid_t pid);

/* Of a device as /proc/PID/maps has it: also one that only this program's own mount namespace
 * knows. NULL mounts know none. */
bool mounts_answer_for_device(const struct mounts *mounts, dev_t device);

/* Of an open file, in that mount namespace or this program's own. */
bool mounts_answer_for_file(const struct mounts *mounts, int descriptor);

/* "ext4", "fuse.sshfs"; "?" if it is not known. */
const char *mounts_type_of_device(const struct mounts *mounts, dev_t device);

#endif
