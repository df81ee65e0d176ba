/*
 * Which generators are known as OpenSSL's own, among more of them than there is room for.
 */
#include "generators.h"

#include <criterion/criterion.h>

enum { MANY = 4096, STEP = 208 /* bytes, as malloc() lays out EVP_RAND_CTX */ };

static char memory[MANY * STEP];

static EVP_RAND_CTX *generator(size_t index)
{
    return (EVP_RAND_CTX *)(memory + index * STEP);
}

static size_t count_defaults(size_t count)
{
    size_t found = 0;

    for (size_t i = 0; i < count; i++)
        found += generators_are_default(generator(i));
    return found;
}

Test(generators, are_known_once_they_are_lent)
{
    cr_expect_eq(count_defaults(1), 0);
    for (size_t i = 0; i < 32; i++)
        cr_expect_eq(generators_lend(GENERATOR_PUBLIC, generator(i)), generator(i));
    cr_expect_eq(count_defaults(32), 32, "%zu of 32", count_defaults(32));
    cr_expect_eq(count_defaults(MANY), 32, "others are taken for defaults");
}

Test(generators, are_the_programs_once_it_has_made_one_at_the_address)
{
    for (size_t i = 0; i < MANY; i++)
        generators_lend(GENERATOR_PRIVATE, generator(i));
    for (size_t i = 0; i < MANY; i++)
        cr_expect_eq(generators_disown(generator(i)), generator(i));
    cr_expect_eq(count_defaults(MANY), 0);
}

/* The newest is always known: a program draws from what it has just asked for. */
Test(generators, give_way_to_newer_ones)
{
    for (size_t i = 0; i < MANY; i++) {
        generators_lend(GENERATOR_PRIMARY, generator(i));
        cr_assert(generators_are_default(generator(i)), "number %zu is not known", i);
    }
    cr_expect_eq(count_defaults(MANY), 512, "%zu", count_defaults(MANY));
}

Test(generators, are_not_told_apart_once_the_program_has_replaced_their_kind)
{
    generators_lend(GENERATOR_PUBLIC, generator(0));
    generators_replace(GENERATOR_PUBLIC);
    generators_lend(GENERATOR_PUBLIC, generator(1));
    generators_lend(GENERATOR_PRIVATE, generator(2));
    cr_expect(generators_are_default(generator(0)), "what was lent before is still OpenSSL's");
    cr_expect_not(generators_are_default(generator(1)));
    cr_expect(generators_are_default(generator(2)));
}

Test(generators, are_none_where_there_is_none)
{
    cr_expect_null(generators_lend(GENERATOR_PUBLIC, NULL));
    cr_expect_null(generators_disown(NULL));
    cr_expect_not(generators_are_default(NULL));
}
