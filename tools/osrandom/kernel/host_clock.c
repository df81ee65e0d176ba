/*
 * See host_clock.h. CLOCK_BOOTTIME is compared with, for it goes on while a machine sleeps by
 * itself and no one sets it.
 */
#include "host_clock.h"

#include <fcntl.h>
#include <linux/rtc.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum { MOST_PTP = 8, CLOCKFD = 3 };

/* clock_gettime(2), "Dynamic clocks": a descriptor as a clock's number. */
static clockid_t clock_of(int file)
{
    return (clockid_t)(~(unsigned int)file << 3 | CLOCKFD);
}

static bool is_of_a_hypervisor(int number)
{
    static const char *const names[] = {"KVM virtual PTP", "hyperv", "vmclock"};
    char path[64], name[64] = "";
    FILE *file;

    snprintf(path, sizeof(path), "/sys/class/ptp/ptp%d/clock_name", number);
    file = fopen(path, "re");
    if (!file)
        return false;
    if (!fgets(name, sizeof(name), file))
        *name = '\0';
    fclose(file);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strncmp(name, names[i], strlen(names[i])) == 0)
            return true;
    return false;
}

struct host_clock host_clock_open(void)
{
    struct host_clock clock = {.file = -1};

    for (int i = 0; i < MOST_PTP && clock.file < 0; i++) {
        if (!is_of_a_hypervisor(i))
            continue;
        snprintf(clock.name, sizeof(clock.name), "/dev/ptp%d", i);
        clock.file = open(clock.name, O_RDONLY | O_CLOEXEC);
        clock.is_ptp = true;
        clock.precision = 0.05;
    }
    if (clock.file < 0) {
        strcpy(clock.name, "/dev/rtc0");
        clock.file = open(clock.name, O_RDONLY | O_CLOEXEC);
        clock.is_ptp = false;
        clock.precision = 1;
    }
    return clock;
}

static double seconds_of(const struct timespec *time)
{
    return (double)time->tv_sec + (double)time->tv_nsec / 1e9;
}

static bool read_ptp(int file, double *seconds)
{
    struct timespec time;

    if (clock_gettime(clock_of(file), &time) != 0)
        return false;
    *seconds = seconds_of(&time);
    return true;
}

static bool read_rtc(int file, double *seconds)
{
    struct rtc_time rtc = {0};
    struct tm time;

    if (ioctl(file, RTC_RD_TIME, &rtc) != 0)
        return false;
    time = (struct tm){.tm_sec = rtc.tm_sec,
                       .tm_min = rtc.tm_min,
                       .tm_hour = rtc.tm_hour,
                       .tm_mday = rtc.tm_mday,
                       .tm_mon = rtc.tm_mon,
                       .tm_year = rtc.tm_year};
    *seconds = (double)timegm(&time); /* if it keeps local time, all readings are off alike */
    return true;
}

bool host_clock_read(const struct host_clock *clock, double *ahead, double *doubt)
{
    struct timespec before, after;
    double host;

    clock_gettime(CLOCK_BOOTTIME, &before);
    if (!(clock->is_ptp ? read_ptp : read_rtc)(clock->file, &host))
        return false;
    clock_gettime(CLOCK_BOOTTIME, &after);
    *ahead = host - seconds_of(&before);
    *doubt = clock->precision + seconds_of(&after) - seconds_of(&before);
    return true;
}
