/*
 * See signs.h. A guest's own clocks do not show that it was a file meanwhile: they were saved with
 * it. What shows it came from outside: a vmclock, a vmgenid, the host's clock, a counter that was
 * not saved, someone who sets the clock, the host's word.
 */
#include "signs.h"

#include <errno.h>
#include <linux/netlink.h>
#include <math.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "machine.h"

enum { VMCLOCK, UEVENTS, CLOCK_SETTING, PORT, FILES };

static double seconds_of(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

double signs_now(void)
{
    return seconds_of(CLOCK_MONOTONIC);
}

/* ---- The kernel's word: kobject_uevent(), group 1 ----
 *
 * Linux 6.8 says it, and kernels whose vendor kept that; 6.9 took it back. A kernel that has a
 * vmgenid has reseeded itself by then: what is done here is done once more, and told.
 */

static int open_uevents(void)
{
    const struct sockaddr_nl kernel = {.nl_family = AF_NETLINK, .nl_groups = 1};
    int listener =
        socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT);

    if (listener >= 0 && bind(listener, (const struct sockaddr *)&kernel, sizeof(kernel)) != 0) {
        close(listener);
        return -1;
    }
    return listener;
}

static bool names_vmgenid(const char *message, size_t length)
{
    static const char word[] = "NEW_VMGENID=1"; /* drivers/virt/vmgenid.c */

    for (size_t at = 0; at < length; at += strnlen(message + at, length - at) + 1)
        if (strncmp(message + at, word, length - at) == 0)
            return true;
    return false;
}

/* An overrun of the socket may have swallowed it. */
static char *look_at_uevents(struct signs *signs)
{
    char message[8192];
    struct sockaddr_nl sender = {0};
    bool found = false;

    for (;;) {
        socklen_t size = sizeof(sender);
        ssize_t length = recvfrom(signs->uevents, message, sizeof(message), 0,
                                  (struct sockaddr *)&sender, &size);

        if (length < 0 && errno == ENOBUFS)
            found = true;
        else if (length < 0)
            break;
        else if (sender.nl_pid == 0)
            found |= names_vmgenid(message, (size_t)length);
    }
    return found ? text_of("a new vmgenid") : NULL;
}

/* ---- Someone sets the clock ---- */

static int arm_clock_setting(int timer)
{
    const struct itimerspec far = {.it_value.tv_sec = INT32_MAX};

    return timerfd_settime(timer, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &far, NULL);
}

static int open_clock_setting(void)
{
    int timer = timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK);

    if (timer >= 0 && arm_clock_setting(timer) != 0) {
        close(timer);
        return -1;
    }
    return timer;
}

static char *look_at_clock_setting(struct signs *signs)
{
    uint64_t times;

    if (read(signs->clock_setting, &times, sizeof(times)) >= 0 || errno != ECANCELED)
        return NULL;
    arm_clock_setting(signs->clock_setting);
    return text_of("the clock was set");
}

/* ---- The host's clock against ours ---- */

static char *look_at_host_clock(struct signs *signs)
{
    double ahead, doubt, jump = 0, tolerated = signs->doubt;

    if (!host_clock_read(&signs->host, &ahead, &doubt))
        return NULL;
    if (signs->host_known)
        jump = ahead - signs->ahead;
    tolerated += doubt;
    signs->doubt = doubt;
    signs->ahead = ahead;
    signs->host_known = true;
    return fabs(jump) > tolerated
               ? text_of("the host's clock, %s, went %s %.3g s without this machine",
                         signs->host.name, jump > 0 ? "on" : "back", fabs(jump))
               : NULL;
}

/* ---- The processor's counter against a clock that a hypervisor corrects ---- */

/* Both at one moment, as far as this task was let run. */
static bool read_counter(double *counter, double *raw)
{
    for (int i = 0; i < 5; i++) {
        double before = seconds_of(CLOCK_MONOTONIC_RAW);

        *counter = (double)machine_counter();
        *raw = seconds_of(CLOCK_MONOTONIC_RAW);
        if (*raw - before < 0.001)
            return true;
    }
    return false;
}

static char *look_at_counter(struct signs *signs)
{
    double counter, raw, passed, rate, off = 0;
    bool jumped;

    if (!read_counter(&counter, &raw))
        return NULL;
    passed = raw - signs->raw;
    if (signs->counter_known && passed < 0.5)
        return NULL; /* too short to tell a rate */
    rate = (counter - signs->counter) / passed;
    if (signs->counter_known && signs->rate > 0)
        off = (rate / signs->rate - 1) * passed;
    jumped = fabs(off) > 0.05 + 0.005 * passed;
    signs->rate = signs->counter_known && !jumped ? rate : 0;
    signs->counter_known = true;
    signs->counter = counter;
    signs->raw = raw;
    return jumped ? text_of("the processor's counter jumped by %.3g s", off) : NULL;
}

/* ---- All of them ---- */

static char *look_at_vmclock(struct signs *signs)
{
    return vmclock_has_changed(&signs->vmclock) ? text_of("/dev/vmclock0 says so") : NULL;
}

void signs_open(struct signs *signs, int port)
{
    *signs = (struct signs){.uevents = open_uevents(),
                            .clock_setting = open_clock_setting(),
                            .port = port,
                            .host = host_clock_open(),
                            .counter_watched = machine_counter_is_steady()};
    if (!vmclock_open(&signs->vmclock, "/dev/vmclock0"))
        signs->vmclock.file = -1;
    free(signs_wait(signs, 0));
}

char *signs_in_words(const struct signs *signs)
{
    return text_of("%s%s%s%s%s%s", signs->port >= 0 ? "the host's bytes, " : "",
                   signs->vmclock.file >= 0 ? "/dev/vmclock0, " : "",
                   signs->uevents >= 0 ? "vmgenid's uevents if there are any, " : "",
                   signs->host.file >= 0 ? signs->host.name : "", signs->host.file >= 0 ? ", " : "",
                   signs->counter_watched ? "the processor's counter, settings of the clock"
                                          : "settings of the clock");
}

/* The first sign stays; the others are looked at all the same, so that one resume is told once. */
static void keep_first(char **kept, char *sign)
{
    if (*kept)
        free(sign);
    else
        *kept = sign;
}

/* A port to which no host is connected hangs up for ever, and says that it can be read: it is
 * looked at now and then. -1: none. */
static int port_events(int port)
{
    struct pollfd file = {.fd = port, .events = POLLIN};

    return poll(&file, 1, 0) > 0 ? file.revents : 0;
}

char *signs_wait(struct signs *signs, double seconds)
{
    struct pollfd files[FILES] = {
        [VMCLOCK] = {.fd = signs->vmclock.notifies ? signs->vmclock.file : -1, .events = POLLIN},
        [UEVENTS] = {.fd = signs->uevents, .events = POLLIN},
        [CLOCK_SETTING] = {.fd = signs->clock_setting, .events = POLLIN},
        [PORT] = {.fd = signs->port, .events = POLLIN},
    };
    char *sign = NULL;

    if (port_events(signs->port) & POLLHUP)
        files[PORT].fd = -1;
    poll(files, FILES, (int)(seconds * 1000));
    signs->port_has_bytes = port_events(signs->port) == POLLIN;
    if (signs->port_has_bytes)
        keep_first(&sign, text_of("the host sent bytes"));
    if (signs->vmclock.file >= 0)
        keep_first(&sign, look_at_vmclock(signs));
    if (signs->uevents >= 0)
        keep_first(&sign, look_at_uevents(signs));
    if (signs->host.file >= 0)
        keep_first(&sign, look_at_host_clock(signs));
    if (signs->counter_watched)
        keep_first(&sign, look_at_counter(signs));
    if (signs->clock_setting >= 0)
        keep_first(&sign, look_at_clock_setting(signs));
    if (!sign)
        signs->quiet = signs_now();
    return sign;
}
