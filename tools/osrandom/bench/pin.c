/*
 * See pin.h. The last processor, for interrupts mostly go to the first.
 */
#include "pin.h"

#include <sched.h>
#include <stdbool.h>
#include <stddef.h>

static cpu_set_t allowed;
static bool pinned;

void bench_pin(void)
{
    cpu_set_t one;
    size_t last = 0;

    if (pinned || sched_getaffinity(0, sizeof(allowed), &allowed) != 0)
        return;
    for (size_t i = 0; i < CPU_SETSIZE; i++)
        if (CPU_ISSET(i, &allowed))
            last = i;
    CPU_ZERO(&one);
    CPU_SET(last, &one);
    pinned = sched_setaffinity(0, sizeof(one), &one) == 0;
}

void bench_unpin(void)
{
    if (pinned)
        sched_setaffinity(0, sizeof(allowed), &allowed);
    pinned = false;
}
