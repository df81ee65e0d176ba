/*
 * The table of OpenSSLs, while another thread loads and unloads them.
 */
#include <criterion/criterion.h>

#include "libcrypto.h"

enum { START = 4096 };

static bool is_replaced;

uint32_t status_life(void)
{
    return 1;
}

void status_start(void)
{
}

static struct libcrypto *enter(void)
{
    const struct loaded loaded = {.start = START, .path = ""};

    return libcrypto_enter(&loaded, NULL);
}

/* In place of loaded_still(), see suite.mk: gone, and the next one comes before that is told. */
bool entry_still(uintptr_t start, const void *mark);
bool entry_still(uintptr_t start, const void *mark)
{
    (void)mark;
    if (is_replaced)
        cr_assert(start == START && enter());
    return false;
}

Test(entries, one_that_is_gone_is_dropped)
{
    cr_assert(enter());
    cr_expect(libcrypto_drop_gone() && !libcrypto_at(0));
}

Test(entries, one_that_comes_where_another_is_found_to_be_gone_stays)
{
    is_replaced = true;
    cr_assert(enter());
    cr_expect(!libcrypto_drop_gone() && libcrypto_at(0),
              "it is there, and nobody knows: its calls go to another, or fail");
}

/* The thread that drops the other may have been stopped at it. */
Test(entries, one_that_comes_while_another_is_being_dropped_is_entered)
{
    struct libcrypto *leaving = enter(), *entered;

    leaving->claim = ~status_life();
    entered = enter();
    cr_expect(entered && entered != leaving, "it is there, and nobody knows");
}
