/*
 * An OpenSSL that takes no method, for it was built with no-deprecated: from 3.5 on what it draws
 * itself is served by a provider of the shim's, once the program has drawn; see
 * preload/random_provider.c.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "level.h"
#include "ways.h"

static struct outcome run_program(const char *shim, const struct ledger *ledger, const char *how)
{
    const char *program = BUILD_DIR "/openssl/no_deprecated";
    struct outcome outcome;

    only_from(LEVEL_ALL);
    if (access(program, X_OK) != 0)
        cr_skip_test(
            "there is no OpenSSL without deprecated functions: tests/openssl/without_methods "
            "says why");
    outcome =
        run_words(shim, NULL, WORDS(ledger->env, "OPENSSL_CONF=/dev/null"), program, how, NULL);
    cr_assert(outcome.exit_code == 0, "%s%s", outcome.out, outcome.err);
    return outcome;
}

static void expect(const struct outcome *outcome, const struct ledger *ledger, const char *name,
                   bool found)
{
    char *value = outcome_value(outcome, name);

    cr_expect(value && ledger_holds_hex(ledger, value) == found, "%s is %s the shim's: %s", name,
              found ? "not" : "said to be", outcome->out);
    free(value);
}

Test(no_deprecated, draws_of_its_own_come_from_the_system_once_the_program_has_drawn)
{
    static const char *const ours[] = {"key in an own context", "draw", "key after a draw",
                                       "draw in an own context", "key at last"};
    struct ledger *ledger = ledger_new();
    struct outcome stock = run_program(NULL, ledger, NULL);
    struct outcome shim = run_program(the_ledger_shim(), ledger, NULL);

    for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++) {
        expect(&stock, ledger, ours[i], false);
        expect(&shim, ledger, ours[i], true);
    }
    expect(&shim, ledger, "at exit", true);
    /* What is told about it is true. */
    expect(&shim, ledger, "key before any draw", false);
    cr_expect(strstr(shim.err, "its own draws from the program's first one on"),
              "the operator reads '%s'", shim.err);
    outcome_free(&stock);
    outcome_free(&shim);
    ledger_free(ledger);
}

Test(no_deprecated, a_tls_programs_keys_come_from_the_system)
{
    struct ledger *ledger = ledger_new();
    struct outcome stock = run_program(NULL, ledger, "tls");
    struct outcome shim = run_program(the_ledger_shim(), ledger, "tls");

    expect(&stock, ledger, "key after SSL_CTX_new", false);
    expect(&shim, ledger, "key after SSL_CTX_new", true);
    outcome_free(&stock);
    outcome_free(&shim);
    ledger_free(ledger);
}

Test(no_deprecated, leaves_the_rest_as_on_stock)
{
    static const char *const lines[] = {"errno=4711\n",   "errors=0\n", "too strong=0\n",
                                        "nothing=1\n",    "digest=1\n", "provider default\n",
                                        "provider base\n"};
    struct ledger *ledger = ledger_new();
    struct outcome stock = run_program(NULL, ledger, NULL);
    struct outcome shim = run_program(the_ledger_shim(), ledger, NULL);

    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        cr_expect(strstr(stock.out, lines[i]) && strstr(shim.out, lines[i]),
                  "not %s on both sides: %s and %s", lines[i], stock.out, shim.out);
    cr_expect(!strstr(stock.out, "provider osrandom") && strstr(shim.out, "provider osrandom"));
    outcome_free(&stock);
    outcome_free(&shim);
    ledger_free(ledger);
}
