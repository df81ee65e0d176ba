/*
 * The units of tools/examples/clones in a whole systemd: their sandbox leaves osrandom what it
 * needs.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "prove.h"
#include "text.h"

/* $FILE is osrandom, the units are where put_units has put them. */
static const char boots[] =
    "over /machine\n"
    "units=/machine/etc/systemd/system\n"
    "mkdir -p $units/sysinit.target.wants $units/multi-user.target.wants /machine/usr/local/bin\n"
    "cp \"$FILE\" /machine/usr/local/bin/osrandom\n"
    "put_units\n"
    "ln -s ../osrandom-reseed-watch.service $units/sysinit.target.wants/\n"
    "cat >/machine/box/report.sh <<'END'\n"
    "systemctl start osrandom-reseed && echo reseeded once\n"
    "systemctl is-active osrandom-reseed-watch\n"
    "journalctl -b -o cat -u osrandom-reseed -u osrandom-reseed-watch | grep ^osrandom\n"
    "systemctl poweroff 2>/dev/null\n"
    "END\n"
    "cat >$units/report.service <<END\n"
    "[Service]\n"
    "ExecStart=/bin/sh /box/report.sh\n"
    "StandardOutput=file:/box/report\n"
    "END\n"
    "ln -s ../report.service $units/multi-user.target.wants/\n"
    "boot_machine /machine >/box/log\n"
    "cat /machine/box/report\n";

/* A shell's function that writes both of them. */
static char *put_units(void)
{
    static const char *const names[] = {"osrandom-reseed", "osrandom-reseed-watch"};
    char *function = text_format("put_units() {\n");

    for (size_t i = 0; i < 2; i++) {
        char *path = text_format("tools/examples/clones/%s.service", names[i]), *longer;
        struct outcome unit = run_words(NULL, NULL, NULL, "cat", path, NULL);

        cr_assert(unit.exit_code == 0, "%s", unit.err);
        longer = text_format("%scat >$units/%s.service <<'UNIT'\n%sUNIT\n", function, names[i],
                             unit.out);
        free(function);
        free(path);
        outcome_free(&unit);
        function = longer;
    }
    return text_format("%s}\n", function);
}

/* Where everyone may look for it: a box has a /tmp of its own. */
static const char *copy_of_osrandom(void)
{
    static char path[] = "/tmp/osrandom-clones-XXXXXX";
    int file = mkstemp(path);
    struct outcome copied;

    cr_assert(file >= 0);
    close(file);
    copied = run_words(NULL, NULL, NULL, "cp", built("osrandom.static"), path, NULL);
    cr_assert(copied.exit_code == 0, "%s", copied.err);
    outcome_free(&copied);
    chmod(path, 0755);
    return path;
}

static void expect_said(const struct outcome *outcome, const char *said, const char *lost)
{
    cr_expect(strstr(outcome->out, said), "%s: no '%s' in: %s%s", lost, said, outcome->out,
              outcome->err);
}

Test(clones, are_reseeded_and_watched_by_units_of_systemd, .timeout = 180)
{
    struct outcome may =
        run_words(NULL, NULL, NULL, built("osrandom.static"), "reseed", "--hex", "12345678", NULL);
    const char *file = copy_of_osrandom();
    char *tree = tree_of_programs("ten");
    char *script = text_format("FILE=%s\n%s%s", file, put_units(), boots);
    struct outcome outcome;

    if (may.exit_code == 2)
        cr_skip_test("this machine's kernel is not to be reseeded from here: %s", may.err);
    outcome = run_in_box(tree, the_shim(), file, NULL, script);
    unlink(file);
    cr_assert(outcome.exit_code == 0, "the machine does not boot: %s", outcome.err);
    expect_said(&outcome, "reseeded once\n", "the host cannot have a clone reseed");
    expect_said(&outcome, "active\n", "nobody watches");
    expect_said(&outcome, "osrandom reseed: watching ", "nobody watches");
    outcome_free(&outcome);
}
