/*
 * A real OpenSSL under musl, loaded late, across a fork; tests/load has the small one, with
 * threads.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "level.h"
#include "reach.h"

enum { BUILDING_SECONDS = 1200 };

static const char *openssl_for_musl(void)
{
    const char *words[] = {"tests/reach/musl", NULL};
    const struct command command = {.argv = words, .seconds = BUILDING_SECONDS};
    struct outcome made = run(&command);

    if (made.exit_code != 0)
        cr_skip_test("%s", text_last_line(made.err));
    made.out[strcspn(made.out, "\n")] = '\0';
    return made.out;
}

/* This OpenSSL is linked with -Bsymbolic: none of its own calls comes by the shim, and only the
 * signal makes it known. */
Test(musl, with_a_real_openssl_that_is_loaded_late)
{
    static const char *const lines[] = {"draw", "key", "child", "parent", NULL};
    struct ledger *ledger;
    const char *env[] = {NULL, "OSRANDOM_LOG=info", NULL};
    const char *late, *libcrypto;
    struct outcome stock, ours;

    only_from(LEVEL_ALL);
    if (access(text_format("%s/reach/musl/late_crypto", BUILD_DIR), X_OK) != 0)
        cr_skip_test("musl-gcc is missing: musl-tools");
    late = built("reach/musl/late_crypto");
    libcrypto = openssl_for_musl();
    ledger = ledger_new();
    env[0] = ledger->env;
    stock = run_words(NULL, NULL, env, late, libcrypto, NULL);
    ours = run_words(the_ledger_shim(), NULL, env, late, libcrypto, NULL);

    expect_in_ledger(&stock, ledger, false, "stock under musl", lines);
    expect_in_ledger(&ours, ledger, true, "under musl", lines);
    cr_expect(strstr(ours.err, "draws from the operating system") &&
                  strstr(strstr(ours.err, "draws from the operating system"), "loaded\n"),
              "it was not known when it was loaded: %s", ours.err);
    ledger_free(ledger);
}
