/*
 * getentropy(): macOS 10.12, OpenBSD 5.6, FreeBSD 12, NetBSD 10, glibc 2.25; at most 256 bytes a
 * call. On Linux it is used only when asked for: it is the C library's, so a preloaded library may
 * serve it, and glibc makes a system call of it that the getrandom source makes without help.
 */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>

#include "source.h"

#if defined(__linux__)
extern int getentropy(void *buffer, size_t length) __attribute__((weak));
extern int *__errno_location(void) __attribute__((weak));
#elif defined(__APPLE__)
#include <sys/random.h>
#else
#include <unistd.h>
#endif

enum { LARGEST_DRAW = 256 };

/* On Linux both are weak imports, for the shim loads where there is no C library. */
static bool is_there(void)
{
#if defined(__linux__)
    return getentropy && __errno_location;
#else
    return true;
#endif
}

static long draw(unsigned char *buffer, size_t length)
{
    int *error, kept;
    long result;

    if (!is_there())
        return -ENOSYS;
    if (length > LARGEST_DRAW)
        length = LARGEST_DRAW;
    error = &errno;
    kept = *error;
    result = getentropy(buffer, length) == 0 ? (long)length : -*error;
    *error = kept;
    return result;
}

static int start(void)
{
    unsigned char probe;
    long got = draw(&probe, sizeof(probe));

    return got < 0 ? (int)-got : 0;
}

const struct source getentropy_source = {
    .kind = RANDOM_GETENTROPY, .start = start, .draw = draw, .fill = random_fill_any};
