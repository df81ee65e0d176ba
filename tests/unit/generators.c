/*
 * Which generators are known as the program's own, among more of them than there is room for.
 */
#include "generators.h"

#include <criterion/criterion.h>

enum { MANY = 4096, STEP = 208 /* bytes, as malloc() lays out EVP_RAND_CTX */ };

static char memory[MANY * STEP] __attribute__((aligned(16)));

static EVP_RAND_CTX *generator(size_t index)
{
    return (EVP_RAND_CTX *)(memory + index * STEP);
}

static size_t count(enum owner owner)
{
    size_t found = 0;

    for (size_t i = 0; i < MANY; i++)
        found += generators_owner(generator(i)) == owner;
    return found;
}

Test(generators, are_openssls_as_many_as_there_are)
{
    for (size_t i = 0; i < MANY; i++)
        cr_expect_eq(generators_lend(generator(i)), generator(i));
    cr_expect_eq(count(OWNER_OPENSSL), MANY);
}

Test(generators, are_the_programs_once_it_has_made_them)
{
    for (size_t i = 0; i < 100; i++)
        cr_expect_eq(generators_own(generator(i)), generator(i));
    cr_expect_eq(count(OWNER_PROGRAM), 100);
    cr_expect_eq(count(OWNER_OPENSSL), MANY - 100);
}

Test(generators, are_openssls_again_where_one_of_the_programs_lay)
{
    generators_own(generator(0));
    generators_lend(generator(0));
    cr_expect_eq(generators_owner(generator(0)), OWNER_OPENSSL);
}

Test(generators, stay_the_programs_when_it_has_put_them_in_a_defaults_place)
{
    generators_own(generator(0));
    generators_put_in_place(generator(0));
    generators_lend(generator(0));
    cr_expect_eq(generators_owner(generator(0)), OWNER_PROGRAM);
}

Test(generators, are_never_taken_from_the_program_when_there_is_no_room)
{
    for (size_t i = 0; i < MANY; i++)
        generators_own(generator(i));
    cr_expect_eq(count(OWNER_OPENSSL), 0, "known answers would change");
    cr_expect(count(OWNER_PROGRAM) >= 512 && count(OWNER_UNKNOWN) > 0);
}

Test(generators, are_none_where_there_is_none)
{
    cr_expect_null(generators_lend(NULL));
    cr_expect_null(generators_own(NULL));
    generators_put_in_place(NULL);
}
