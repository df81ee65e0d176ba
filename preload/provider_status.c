/*
 * The module's exported block: see provider_status.h.
 */
#include "provider.h"

struct osrandom_provider_status osrandom_provider_status = {
    .magic = {'o', 's', 'r', 'a', 'n', 'd', 'o', 'm'},
    .layout = OSRANDOM_PROVIDER_LAYOUT,
    .size = sizeof(osrandom_provider_status),
};

struct osrandom_drawing *provider_status_enter(void (*function)(void))
{
    static struct osrandom_drawing untold;
    struct osrandom_provider_status *block = &osrandom_provider_status;
    uint64_t address = (uintptr_t)function;

    __atomic_store_n(&block->source, random_source(), __ATOMIC_RELAXED);
    __atomic_store_n(&block->counters, (uintptr_t)status_counters(), __ATOMIC_RELAXED);
    for (unsigned int i = 0; i < OSRANDOM_PROVIDER_OPENSSLS; i++) {
        uint64_t none = 0;

        if (__atomic_compare_exchange_n(&block->openssl[i].function, &none, address, false,
                                        __ATOMIC_RELAXED, __ATOMIC_RELAXED) ||
            none == address)
            return &block->openssl[i];
    }
    return &untold;
}

void provider_status_drawn(struct osrandom_drawing *drawing)
{
    /* Threads share the line: it is written once. */
    if (__atomic_load_n(&drawing->has_drawn, __ATOMIC_RELAXED))
        return;
    __atomic_store_n(&drawing->has_drawn, 1, __ATOMIC_RELAXED);
    __atomic_store_n(&osrandom_provider_status.source, random_source(), __ATOMIC_RELAXED);
}
