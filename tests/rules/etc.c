/*
 * See etc.h.
 */
#include "etc.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char prelude[] =
    "mount -t tmpfs -o mode=755 none /mnt\n"
    "cp -a /etc /mnt/etc && mount --bind /mnt/etc /etc\n"
    "cp \"$USES\" /mnt/uses && chmod 755 /mnt/uses\n"
    "cp \"$SHIM\" /mnt/ && chmod 755 /mnt/*.so\n"
    "cd /mnt\n"
    "export SHIM=/mnt/${SHIM##*/} USES=/mnt/uses CONF=/etc/osrandom.conf\n"
    "rm -rf \"$CONF\" /etc/ld.so.preload\n"
    "uses() { LD_PRELOAD=$SHIM $USES \"$@\"; }\n";

static bool can_mount(void)
{
    struct outcome outcome = run_words(NULL, NULL, NULL, "unshare", "--mount", "mount", "-t",
                                       "tmpfs", "none", "/mnt", NULL);
    bool can = outcome.exit_code == 0;

    outcome_free(&outcome);
    return can;
}

struct outcome in_etc(const char *script, const struct ledger *ledger)
{
    char *text = text_format("%s%s", prelude, script);
    const char *env[] = {text_format("SHIM=%s", the_ledger_shim()),
                         text_format("PLAIN=%s", the_shim()),
                         text_format("USES=%s", built("tests/rules/uses")),
                         text_format("OSRANDOM=%s", built("osrandom")),
                         ledger ? ledger->env : NULL,
                         NULL};
    struct outcome outcome;

    if (geteuid() != 0 || !can_mount())
        cr_skip_test("only root may mount a file system in a namespace of its own");
    outcome = run_words(NULL, NULL, env, "unshare", "--mount", "sh", "-euc", text, NULL);
    free(text);
    for (size_t i = 0; i < 4; i++)
        free((char *)env[i]);
    return outcome;
}

void expect_uses(const char *script, bool ours, const char *err)
{
    struct ledger *ledger = ledger_new();
    struct outcome outcome = in_etc(script, ledger);
    char *bytes = outcome_value(&outcome, "bytes");

    cr_expect(outcome.exit_code == 0 && bytes, "\"%s\" ends with %d (signal %d): %s%s", script,
              outcome.exit_code, outcome.signal, outcome.out, outcome.err);
    cr_expect(bytes && ledger_holds_hex(ledger, bytes) == ours,
              "with \"%s\" the bytes are %sthe kernel's: %s", script, ours ? "not " : "",
              outcome.err);
    if (*err)
        cr_expect(strstr(outcome.err, err), "\"%s\" says \"%s\" and not \"%s\"", script,
                  outcome.err, err);
    else
        cr_expect_str_eq(outcome.err, "", "\"%s\" says \"%s\"", script, outcome.err);
    free(bytes);
    outcome_free(&outcome);
    ledger_free(ledger);
}

unsigned int times_in(const char *text, const char *what)
{
    unsigned int times = 0;

    for (; (text = strstr(text, what)); text += strlen(what))
        times++;
    return times;
}
