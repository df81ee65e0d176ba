/*
 * What the programs of this suite share: draws by the host's OpenSSL, printed one "name=hex" a
 * line, and what the shim says of itself.
 */
#ifndef OSRANDOM_TESTS_SHOW_H
#define OSRANDOM_TESTS_SHOW_H

#include <dlfcn.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "status.h"

enum { SHOWN = 32, CANNOT_RUN = 77 };

typedef int draw_function(unsigned char *buffer, int length);

/* Ends the program with a sentence, unless the step worked. */
static inline void need(int worked, const char *step)
{
    if (worked)
        return;
    dprintf(STDERR_FILENO, "%s failed\n", step);
    _exit(1);
}

/* The test is skipped with this reason. */
__attribute__((noreturn)) static inline void cannot_run(const char *reason)
{
    printf("cannot_run=%s\n", reason);
    fflush(stdout);
    _exit(CANNOT_RUN);
}

static inline void show(const char *name, const unsigned char *bytes, size_t length)
{
    printf("%s=", name);
    for (size_t i = 0; i < length; i++)
        printf("%02x", bytes[i]);
    putchar('\n');
}

/* The last bytes of a draw, or "refused". */
static inline void show_draw(const char *name, draw_function *draw, int length)
{
    static unsigned char bytes[1 << 16];

    memset(bytes, 0, sizeof(bytes));
    if (draw(bytes, length) == 1)
        show(name, bytes + (length > SHOWN ? length - SHOWN : 0), SHOWN);
    else
        printf("%s=refused\n", name);
}

/* NULL if there is no shim in this process. */
static inline const struct osrandom_status *own_status(void)
{
    return dlsym(RTLD_DEFAULT, "osrandom_status");
}

/* The draws that the shim has served, all or only those for which it had no vDSO state. */
static inline size_t draws_served(int all)
{
    const struct osrandom_status *status = own_status();
    const struct osrandom_counters *counters =
        status ? (const struct osrandom_counters *)(uintptr_t)status->counters : NULL;
    size_t sum = 0;

    for (int i = all ? 0 : RANDOM_STRIPES - 1; counters && i < RANDOM_STRIPES; i++)
        sum += counters->tallies[i].draws;
    return sum;
}

static inline int order_of_words(const void *one, const void *other)
{
    uint64_t a = *(const uint64_t *)one, b = *(const uint64_t *)other;

    return (a > b) - (a < b);
}

/* How many of these are zero or equal to another one: none, if they are random. Sorts them. */
static inline size_t worthless(uint64_t *words, size_t count)
{
    size_t bad = 0;

    qsort(words, count, sizeof(*words), order_of_words);
    for (size_t i = 0; i < count; i++)
        bad += words[i] == 0 || (i > 0 && words[i] == words[i - 1]);
    return bad;
}

#endif
