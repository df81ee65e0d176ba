/*
 * /dev/urandom, through a cached descriptor.
 *
 * A program may close every descriptor and open its own files under the same number, so each use
 * asks first whether the descriptor is still a character device with urandom's number. That number,
 * 1:9 (the kernel's devices.txt), and no path says what is read: a plain file or /dev/zero in its
 * place is refused, and another descriptor of the same device serves as well as ours. A descriptor
 * that has become something else is forgotten, never closed.
 */
#include <errno.h>
#include <linux/fcntl.h>
#include <linux/poll.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "linux_file.h"
#include "linux_syscall.h"
#include "source.h"

enum { NONE = -1, FIRST_DESCRIPTOR = 3 };
enum { RANDOM = 1 << 8 | 8, URANDOM = 1 << 8 | 9 }; /* 1:8 and 1:9, as the kernel packs them */

/* The descriptor and 1 in the lower half, 0 for none; in the upper one a count of changes, for a
 * new descriptor may get the number of one that the program has closed. */
static _Atomic uint64_t cached;

static bool is_device(int descriptor, uint64_t number)
{
    struct linux_file now;

    return linux_file_of(descriptor, &now) && now.special == number;
}

static int open_device(const char *path)
{
    return (int)linux_syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
}

static void close_device(int descriptor)
{
    linux_syscall(SYS_close, descriptor);
}

/* /dev/urandom serves before it has a seed; /dev/random becomes readable when there is one. It is
 * the read that makes an idle kernel gather a seed (since Linux 5.6): a poll may wait for ever. */
static void wait_for_seed(void)
{
    struct pollfd ready = {.fd = open_device("/dev/random"), .events = POLLIN};
    struct timespec64 {
        int64_t seconds, nanoseconds;
    } at_once = {0, 0};
    unsigned char byte;

    if (ready.fd < 0)
        return;
    if (is_device(ready.fd, RANDOM) &&
        linux_syscall(SYS_ppoll, &ready, 1, &at_once, NULL, 0) == 0) {
        random_notify(RANDOM_NOTICE_UNSEEDED, RANDOM_URANDOM, EAGAIN);
        while (linux_syscall(SYS_read, ready.fd, &byte, 1) == -EINTR)
            ;
    }
    close_device(ready.fd);
}

/* A new descriptor of the device, above those of standard input and output, or a negative errno. */
static int open_urandom(void)
{
    int descriptor = open_device("/dev/urandom");

    if (descriptor >= 0 && descriptor < FIRST_DESCRIPTOR) {
        int low = descriptor;

        descriptor = (int)linux_syscall(SYS_fcntl, low, F_DUPFD_CLOEXEC, FIRST_DESCRIPTOR);
        close_device(low);
    }
    if (descriptor < 0)
        return descriptor;
    if (is_device(descriptor, URANDOM))
        return descriptor;
    close_device(descriptor);
    return -ENODEV;
}

static int descriptor_of(uint64_t word)
{
    return (int)(uint32_t)word - 1;
}

/* The cached descriptor, opened if it is not there or no longer ours. */
static int urandom(void)
{
    uint64_t known = cached;
    int descriptor;

    if (descriptor_of(known) != NONE && is_device(descriptor_of(known), URANDOM))
        return descriptor_of(known);
    descriptor = open_urandom();
    if (descriptor < 0)
        return descriptor;
    if (known == 0)
        wait_for_seed();
    if (atomic_compare_exchange_strong(&cached, &known,
                                       ((known >> 32) + 1) << 32 | (uint32_t)(descriptor + 1)))
        return descriptor;
    close_device(descriptor); /* another thread was faster, and has just opened its own */
    return descriptor_of(known);
}

static long draw(unsigned char *buffer, size_t length)
{
    int descriptor = urandom();

    return descriptor < 0 ? descriptor : linux_syscall(SYS_read, descriptor, buffer, length);
}

static int start(void)
{
    int descriptor = urandom();

    return descriptor < 0 ? -descriptor : 0;
}

const struct source dev_urandom = {
    .kind = RANDOM_URANDOM, .start = start, .draw = draw, .fill = random_fill_any};
