/*
 * One file for every C library, as the shim is.
 */
#include <stdlib.h>
#include <unistd.h>

#include "provider.h"

static void try_core(const char *program)
{
    struct ledger *ledger = ledger_new();
    struct outcome outcome =
        run_words(NULL, NULL, WORDS(ledger->env), program, the_ledger_module(), NULL);
    char *bytes = outcome_value(&outcome, "bytes");

    cr_expect(outcome.exit_code == 0 && bytes && ledger_holds_hex(ledger, bytes),
              "the module does not load or serve there: exit %d, %s%s", outcome.exit_code,
              outcome.out, outcome.err);
    free(bytes);
    outcome_free(&outcome);
    ledger_free(ledger);
}

Test(libc, the_module_serves_under_this_systems)
{
    try_core(built("provider/core"));
}

Test(libc, the_module_serves_under_musl)
{
    if (access(BUILD_DIR "/provider/core_musl", X_OK) != 0)
        cr_skip_test("musl-gcc is missing: musl-tools");
    try_core(built("provider/core_musl"));
}
