/*
 * CRYPTO_set_mem_functions() answers what it answers on stock, and a program's own allocator never
 * meets a block that it did not make.
 */
#include <string.h>

#include "ways.h"

static void expect_as_on_stock(const struct way *way, const char *when)
{
    struct outcome stock = probe(way, NULL, NULL, "memory", WORDS(when));
    struct outcome shim = probe(way, the_shim(), NULL, "memory", WORDS(when));

    expect_clean(way, &shim, "");
    cr_expect(strcmp(stock.out, shim.out) == 0, "%s, %s: stock says\n%sand with the shim\n%s",
              described(way), when, stock.out, shim.out);
    outcome_free(&stock);
    outcome_free(&shim);
}

ParameterizedTestParameters(memory, functions_of_the_program_work_as_on_stock)
{
    return all_ways();
}

ParameterizedTest(struct way *way, memory, functions_of_the_program_work_as_on_stock)
{
    struct outcome shim = probe(way, the_shim(), NULL, "memory", WORDS("early"));

    expect_number(way, &shim, "set", 1);
    expect_number(way, &shim, "used", 1);
    outcome_free(&shim);
    expect_as_on_stock(way, "early");
    expect_as_on_stock(way, "late");
    expect_as_on_stock(way, "twice");
    expect_as_on_stock(way, "default");
    expect_as_on_stock(way, "info");
}
