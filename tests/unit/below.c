/*
 * What lies at an address, where the C library does not tell.
 */
#include <criterion/criterion.h>
#include <link.h>
#include <stdio.h>
#include <sys/resource.h>

#include "loaded.h"

/* loaded_at() of platform/loaded.c without _dl_find_object(): see suite.mk. */
bool below_at(const void *address, struct loaded *loaded);

static long sleeps(void)
{
    struct rusage usage;

    getrusage(RUSAGE_THREAD, &usage);
    return usage.ru_nvcsw;
}

Test(below, an_object_is_found_without_sleep)
{
    enum { LOOKS = 1000 };
    const void *address = (const void *)printf;
    struct loaded found;
    long before;

#if defined(__i386__)
    cr_skip_test("a PC of 32 bits has no sixth argument for the call that does not wait");
#endif
    cr_assert(below_at(address, &found) && elf_image_symbol(&found.image, "printf") == address);
    before = sleeps();
    for (int i = 0; i < LOOKS; i++)
        cr_assert(below_at(address, &found));
    before = sleeps() - before;
    cr_expect(before < LOOKS / 10,
              "%ld of %d looks have slept: a call beside a second OpenSSL takes 50 us and more",
              before, LOOKS);
}
