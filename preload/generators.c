/*
 * See generators.h. Addresses are all that is kept: a hash chooses a row, and any place in the row
 * will do. The lowest bit says that OpenSSL may lend it as its own.
 */
#include "generators.h"
#include "apart.h"

#include <stdatomic.h>
#include <stdint.h>

enum { ROWS = 64, PLACES = 16, IN_PLACE = 1 };

static _Atomic uintptr_t own[ROWS][PLACES] APART(6);
static _Atomic bool is_full;

static _Atomic uintptr_t *row_of(const EVP_RAND_CTX *generator)
{
    return own[(uint32_t)((uintptr_t)generator >> 4) * UINT32_C(0x9e3779b1) >> 26];
}

_Static_assert(ROWS == 1 << (32 - 26), "a row is chosen by the upper bits of the hash");

static _Atomic uintptr_t *place_of(const EVP_RAND_CTX *generator)
{
    _Atomic uintptr_t *row = row_of(generator);

    for (size_t i = 0; i < PLACES; i++)
        if ((row[i] & ~(uintptr_t)IN_PLACE) == (uintptr_t)generator)
            return &row[i];
    return NULL;
}

enum owner generators_owner(const EVP_RAND_CTX *generator)
{
    if (place_of(generator))
        return OWNER_PROGRAM;
    return is_full ? OWNER_UNKNOWN : OWNER_OPENSSL;
}

EVP_RAND_CTX *generators_own(EVP_RAND_CTX *generator)
{
    _Atomic uintptr_t *row = row_of(generator), *place = place_of(generator);

    if (place && generator)
        *place = (uintptr_t)generator;
    for (size_t i = 0; generator && !place && i < PLACES; i++) {
        uintptr_t empty = 0;

        if (atomic_compare_exchange_strong(&row[i], &empty, (uintptr_t)generator))
            return generator;
    }
    if (generator && !place)
        is_full = true;
    return generator;
}

EVP_RAND_CTX *generators_lend(EVP_RAND_CTX *generator)
{
    _Atomic uintptr_t *place = generator ? place_of(generator) : NULL;
    uintptr_t gone = (uintptr_t)generator;

    if (place)
        atomic_compare_exchange_strong(place, &gone, 0);
    return generator;
}

static _Atomic bool any_in_place;

bool generators_replaced(void)
{
    return any_in_place;
}

void generators_put_in_place(const EVP_RAND_CTX *generator)
{
    _Atomic uintptr_t *place = generator ? place_of(generator) : NULL;

    if (!place)
        return;
    any_in_place = true;
    *place = (uintptr_t)generator | IN_PLACE;
}

void generators_take_away(const EVP_RAND_CTX *generator)
{
    _Atomic uintptr_t *place = generator ? place_of(generator) : NULL;

    if (place)
        *place = (uintptr_t)generator;
}
