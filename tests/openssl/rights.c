/*
 * What a program may decide in main() before it uses OpenSSL stays its to decide, though the shim
 * was there first: each is run on stock and under the shim, and both print the same.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ways.h"

static void write_configuration(char *path)
{
    FILE *file = fdopen(mkstemp(path), "w");

    cr_assert(file != NULL);
    fputs("openssl_conf = all\n[all]\noid_section = oids\n[oids]\n"
          "osrandomProbe = 1.3.6.1.4.1.99999.1\n",
          file);
    fclose(file);
}

static void expect_as_on_stock(const struct way *way, const char *mode, const char *what,
                               const char *path, long configured)
{
    struct outcome stock = probe(way, NULL, NULL, "rights", WORDS(what, path));
    struct outcome shim = probe(way, the_shim(), WORDS(mode), "rights", WORDS(what, path));

    expect_clean(way, &shim, "");
    expect_number(way, &stock, "object of the configuration", configured);
    cr_expect(strcmp(stock.out, shim.out) == 0, "%s, %s, %s: stock says\n%sand with the shim\n%s",
              described(way), mode, what, stock.out, shim.out);
    outcome_free(&stock);
    outcome_free(&shim);
}

static void expect_rights(const struct way *way, const char *mode)
{
    char path[] = "/tmp/osrandom-rights-XXXXXX";

    write_configuration(path);
    expect_as_on_stock(way, mode, "config", path, 1);
    expect_as_on_stock(way, mode, "no-config", path, 0);
    expect_as_on_stock(way, mode, "no-atexit", path, version_of(way) >= 0x30000);
    expect_as_on_stock(way, mode, "drawn", path, version_of(way) >= 0x30000);
    unlink(path);
}

ParameterizedTestParameters(rights, of_the_program_are_those_on_stock)
{
    return all_ways();
}

ParameterizedTest(struct way *way, rights, of_the_program_are_those_on_stock)
{
    expect_rights(way, "OSRANDOM_MODE=activate");
    expect_rights(way, "OSRANDOM_MODE=register");
    expect_rights(way, "OSRANDOM_MODE=builtin");
}
