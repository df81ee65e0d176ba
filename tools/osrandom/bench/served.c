/*
 * See served.h. Draws by the vDSO are counted in the stripe of their slot, all others in the last
 * one.
 */
#include "served.h"

#include <dlfcn.h>
#include <stddef.h>

#include "status.h"

bool bench_served(struct bench_served *served)
{
    const struct osrandom_status *status = dlsym(RTLD_DEFAULT, "osrandom_status");
    const struct osrandom_counters *counters =
        status ? (const struct osrandom_counters *)(uintptr_t)status->counters : NULL;

    if (!counters)
        return false;
    *served = (struct bench_served){.by_system = counters->tallies[RANDOM_STRIPES - 1].bytes};
    for (size_t i = 0; i < RANDOM_STRIPES; i++)
        served->all += counters->tallies[i].bytes;
    return true;
}
