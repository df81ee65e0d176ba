/*
 * osrandom.dll, loaded by a real OpenSSL for Windows: its bytes come from us, proven by the ledger.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger.h"
#include "level.h"
#include "windows.h"

enum { SECONDS_TO_COMPILE = 1500 };

TestSuite(engine, .timeout = SECONDS_TO_COMPILE + 300);

/* The path of libcrypto's DLL, without a line's end; the test is skipped if there is none. */
static char *openssl_for_windows(void)
{
    const char *cache = getenv("XDG_CACHE_HOME");
    struct command command = {.argv = WORDS("tests/windows/openssl"),
                              .seconds = SECONDS_TO_COMPILE};
    struct outcome outcome;
    char path[4096];
    FILE *file;

    snprintf(path, sizeof(path), "%s%s/osrandom/windows-openssl/libcrypto-3-x64.dll",
             cache && *cache ? cache : getenv("HOME"), cache && *cache ? "" : "/.cache");
    file = fopen(path, "re");
    if (file) {
        fclose(file);
        return strdup(path);
    }
    if (level() < LEVEL_ALL)
        cr_skip_test("OpenSSL for Windows has not been compiled: tests/windows/openssl, or "
                     "OSRANDOM_TEST_ALL=1");
    outcome = run(&command);
    if (outcome.exit_code != 0)
        cr_skip_test("OpenSSL for Windows is not to be had: %s", outcome.err);
    outcome.out[strcspn(outcome.out, "\n")] = '\0';
    return outcome.out;
}

/* Wine's drive Z: is this machine's root. */
static char *on_drive(const char *prefix, const char *path)
{
    char *name = NULL;

    cr_assert(asprintf(&name, "%sZ:%s", prefix, path) > 0);
    return name;
}

static struct outcome draw(const struct ledger *ledger, const char *id)
{
    char *libcrypto = openssl_for_windows();
    char *there = on_drive("", libcrypto);
    char *module = on_drive("", windows_file("ledger/osrandom.dll"));
    char *record = on_drive("OSRANDOM_LEDGER=", ledger->path);
    struct outcome outcome =
        wine_run(WORDS(record), WORDS(windows_file("engine.exe"), there, id ? module : NULL, id));

    cr_expect(strstr(outcome.out, "version=OpenSSL 3."), "OpenSSL does not run: %s%s", outcome.out,
              outcome.err);
    free(libcrypto);
    free(there);
    free(module);
    free(record);
    return outcome;
}

static bool is_ours(const struct ledger *ledger, const struct outcome *outcome, const char *name)
{
    char *value = outcome_value(outcome, name);
    bool ours;

    cr_assert(value, "nothing was drawn: %s%s", outcome->out, outcome->err);
    ours = ledger_holds_hex(ledger, value);
    free(value);
    return ours;
}

Test(engine, serves_an_openssl_for_windows_that_makes_it_the_default)
{
    struct ledger *ledger = ledger_new();
    struct outcome none = draw(ledger, NULL);
    struct outcome ours = draw(ledger, "osrandom");

    cr_expect(!is_ours(ledger, &none, "RAND_bytes") && !is_ours(ledger, &none, "RAND_priv_bytes"),
              "the check finds bytes of a program that uses no engine");
    cr_expect(is_ours(ledger, &ours, "RAND_bytes") && is_ours(ledger, &ours, "RAND_priv_bytes"),
              "OpenSSL for Windows keeps to its own generator: %s", ours.out);
    expect_value(&ours, "implementation", "bcrypt", "the engine does not tell its source");
    outcome_free(&none);
    outcome_free(&ours);
    ledger_free(ledger);
}

Test(engine, is_no_engine_of_another_name_on_windows_either)
{
    struct ledger *ledger = ledger_new();
    struct outcome outcome = draw(ledger, "another");

    expect_value(&outcome, "failed", "LOAD", "a program that asks for another engine gets ours");
    outcome_free(&outcome);
    ledger_free(ledger);
}

/* What a DLL names as needed must be on every Windows: nothing of mingw-w64 beside it. */
Test(engine, the_dll_needs_nothing_that_windows_lacks)
{
    static const char *const there[] = {"KERNEL32.dll", "msvcrt.dll"};
    const char *dll = windows_file("osrandom.dll");
    struct outcome outcome =
        run_words(NULL, NULL, NULL, "x86_64-w64-mingw32-objdump", "-p", dll, NULL);
    size_t named = 0, known = 0;

    for (const char *at = outcome.out; (at = strstr(at, "DLL Name: ")); at++) {
        named++;
        for (size_t i = 0; i < 2; i++)
            known += strncmp(at + strlen("DLL Name: "), there[i], strlen(there[i])) == 0;
    }
    cr_expect(named > 0 && named == known, "it needs a DLL that may be missing:\n%s", outcome.out);
    cr_expect(strstr(outcome.out, "bind_engine") && strstr(outcome.out, "v_check") &&
                  !strstr(outcome.out, "random_fill"),
              "OpenSSL finds no engine in it, or others more than they need:\n%s", outcome.out);
    outcome_free(&outcome);
}
