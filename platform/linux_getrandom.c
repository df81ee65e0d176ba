/*
 * getrandom(2), Linux 3.17.
 *
 * ENOSYS: an older kernel, or a sandbox that answers so; EPERM: blocked by seccomp. EAGAIN means
 * that the kernel's generator has no seed yet: then the same call waits, for it is the wait itself
 * that makes an idle kernel gather a seed (since Linux 5.4; a poll of /dev/random does not).
 */
#include <errno.h>
#include <linux/random.h>

#include "linux_syscall.h"
#include "source.h"

static long draw(unsigned char *buffer, size_t length)
{
    long got = linux_syscall(SYS_getrandom, buffer, length, GRND_NONBLOCK);

    if (got != -EAGAIN)
        return got;
    random_notify(RANDOM_NOTICE_UNSEEDED, RANDOM_GETRANDOM, EAGAIN);
    return linux_syscall(SYS_getrandom, buffer, length, 0);
}

static int start(void)
{
    unsigned char probe;
    long got = linux_syscall(SYS_getrandom, &probe, sizeof(probe), GRND_NONBLOCK);

    return got >= 0 || got == -EAGAIN ? 0 : (int)-got;
}

const struct source linux_getrandom = {
    .kind = RANDOM_GETRANDOM, .start = start, .draw = draw, .fill = random_fill_any};
