/*
 * Libraries whose program headers were moved.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "move_headers.h"
#include "ways.h"

ParameterizedTestParameters(moved, one_whose_program_headers_were_moved_is_covered_when_loaded_late)
{
    static struct way late[] = {
        {"openssl-1.1.1", LATE}, {"openssl-3.0", LATE}, {"openssl-3.5", LATE}};

    return cr_make_param_array(struct way, late, 3);
}

ParameterizedTest(struct way *way, moved,
                  one_whose_program_headers_were_moved_is_covered_when_loaded_late)
{
    const struct tree *tree = tree_of(way);
    struct tree host = *tree;
    struct ledger *ledger = ledger_new();
    char directory[] = "/tmp/osrandom-moved-XXXXXX", *libraries, *moved, file[64];
    struct outcome shim;

    cr_assert(mkdtemp(directory) != NULL);
    cr_assert(asprintf(&moved, "%s%s", directory, strrchr(tree->libcrypto, '/')) > 0);
    cr_assert(asprintf(&libraries, "%s:%s", directory, tree->libraries) > 0);
    move_headers(tree->libcrypto, moved, true);
    host.libraries = libraries;
    snprintf(file, sizeof(file), "probes/%s/draws.so", way->tree);
    shim = run_words(the_ledger_shim(), &host, WORDS(ledger->env, "OSRANDOM_LOG=info"),
                     built("programs/late"), built(file), NULL);
    cr_expect(shim.exit_code == 0 && strstr(shim.err, moved),
              "%s: exit %d, signal %d; the operator reads '%s'", way->tree, shim.exit_code,
              shim.signal, shim.err);
    expect_drawn(way, ledger, &shim, WORDS("RAND_bytes", "BN_rand"));
    outcome_free(&shim);
    unlink(moved);
    rmdir(directory);
    free(moved);
    free(libraries);
    ledger_free(ledger);
}
