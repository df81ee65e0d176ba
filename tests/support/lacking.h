/*
 * Included before every file of the tests, for they are compiled on Debian 11 to unstable: what the
 * oldest one's headers lack; and numbers are read by the functions that every C library has, for a
 * program that is compiled here also runs in trees with an older one.
 */
#ifndef OSRANDOM_TESTS_LACKING_H
#define OSRANDOM_TESTS_LACKING_H

#include <features.h>

/* Since glibc 2.38 strtol() is another function for C23, which _GNU_SOURCE implies. */
#undef __GLIBC_USE_C2X_STRTOL
#define __GLIBC_USE_C2X_STRTOL 0
#undef __GLIBC_USE_C23_STRTOL
#define __GLIBC_USE_C23_STRTOL 0

#include <sys/syscall.h>

#ifndef SYS_close_range
#define SYS_close_range 436 /* Linux 5.9; the same on every machine */
#endif
#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_CLOEXEC (1U << 2) /* Linux 5.11 */
#endif

#include <elf.h>

#ifndef PT_GNU_PROPERTY
#define PT_GNU_PROPERTY 0x6474e553
#endif

#if defined __GLIBC__ && !__GLIBC_PREREQ(2, 32)
#include <errno.h>

/* Of the errors that the tests speak of. */
static inline const char *strerrorname_np(int error)
{
    static const struct {
        int error;
        const char *name;
    } names[] = {
        {EPERM, "EPERM"},   {ENOENT, "ENOENT"}, {EINTR, "EINTR"},   {EIO, "EIO"},
        {ENXIO, "ENXIO"},   {EBADF, "EBADF"},   {EAGAIN, "EAGAIN"}, {ENOMEM, "ENOMEM"},
        {EACCES, "EACCES"}, {EFAULT, "EFAULT"}, {ENODEV, "ENODEV"}, {EINVAL, "EINVAL"},
        {ENFILE, "ENFILE"}, {EMFILE, "EMFILE"}, {ENOTTY, "ENOTTY"}, {ENOSYS, "ENOSYS"},
    };

    for (unsigned int i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (names[i].error == error)
            return names[i].name;
    return "another error";
}
#endif

#endif
