/*
 * See generators.h. Addresses are all that is kept: a hash chooses a row, and any place in the row
 * will do. One whose generator has ended with its thread is overwritten in time, or emptied when a
 * program's own generator comes to lie at the address.
 */
#include "generators.h"

#include <stdatomic.h>
#include <stdint.h>

enum { ROWS = 64, PLACES = 8, KINDS = 3 };

static _Atomic uintptr_t lent[ROWS][PLACES];
static _Atomic bool replaced[KINDS];

static uint32_t hash_of(const EVP_RAND_CTX *generator)
{
    return (uint32_t)((uintptr_t)generator >> 4) * UINT32_C(0x9e3779b1);
}

static _Atomic uintptr_t *row_of(const EVP_RAND_CTX *generator)
{
    return lent[hash_of(generator) >> 26];
}

_Static_assert(ROWS == 1 << (32 - 26), "a row is chosen by the upper bits of the hash");

bool generators_are_default(const EVP_RAND_CTX *generator)
{
    const _Atomic uintptr_t *row = row_of(generator);

    for (size_t i = 0; generator && i < PLACES; i++)
        if (row[i] == (uintptr_t)generator)
            return true;
    return false;
}

EVP_RAND_CTX *generators_lend(enum default_generator which, EVP_RAND_CTX *generator)
{
    _Atomic uintptr_t *row = row_of(generator);

    if (!generator || replaced[which] || generators_are_default(generator))
        return generator;
    for (size_t i = 0; i < PLACES; i++) {
        uintptr_t empty = 0;

        if (atomic_compare_exchange_strong(&row[i], &empty, (uintptr_t)generator))
            return generator;
    }
    row[hash_of(generator) % PLACES] = (uintptr_t)generator;
    return generator;
}

EVP_RAND_CTX *generators_disown(EVP_RAND_CTX *generator)
{
    _Atomic uintptr_t *row = row_of(generator);

    for (size_t i = 0; generator && i < PLACES; i++) {
        uintptr_t present = (uintptr_t)generator;

        atomic_compare_exchange_strong(&row[i], &present, 0);
    }
    return generator;
}

void generators_replace(enum default_generator which)
{
    replaced[which] = true;
}
