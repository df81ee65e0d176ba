/*
 * osrandom system on a machine that boots, is reset, and boots again.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "level.h"
#include "prove.h"
#include "table.h"
#include "text.h"

enum { SKIPPED = 77 };

static char parts[64];

static void remove_parts(void)
{
    if (*parts)
        unlink(parts);
}

TestSuite(fleet, .fini = remove_parts);

/* One file, for a box shows no more; there, /tmp is empty. */
static const char *archive_of_parts(void)
{
    static const char pack[] =
        "made=$(mktemp -d); trap 'rm -rf \"$made\"' EXIT\n"
        "loader=$(echo /lib/ld-musl-*.so.1)\n"
        "if command -v musl-gcc >/dev/null && [ -e \"$loader\" ]; then\n"
        "    musl-gcc -o \"$made/maps\" tests/apps/programs/maps.c\n"
        "    cp -L \"$loader\" \"$made/ld-musl\"; echo \"$loader\" >\"$made/musl-loader\"; fi\n"
        "debs=$(cd \"$2\"; ls deb/*.deb 2>/dev/null | grep -v dbgsym || :)\n"
        "tar -cf \"$1\" tools -C \"$2\" osrandom $debs -C tests/command crash.so -C \"$made\" .";
    const char *words[] = {"sh", "-euc", pack, "sh", parts, BUILD_DIR, NULL};
    struct outcome outcome;

    strcpy(parts, "/tmp/osrandom-fleet-XXXXXX");
    cr_assert(mkstemp(parts) >= 0);
    outcome = run(&(struct command){.argv = words});
    cr_assert(outcome.exit_code == 0, "%s", outcome.err);
    outcome_free(&outcome);
    return parts;
}

/* What a script says in a box; with_machine: with the words of fleet.sh. */
static char *said_by(const char *name, bool with_machine)
{
    char *tree = tree_of_programs("fleet"), *machine = file_text("fleet.sh");
    char *boots = file_text(name), *script;
    const char *archive = archive_of_parts();
    struct outcome outcome;

    if (asprintf(&script, "PARTS=%s\n%s\n%s", archive, with_machine ? machine : "", boots) < 0)
        abort();
    outcome = run_in_box(tree, the_shim(), "/dev/null", archive, script);
    if (outcome.exit_code == SKIPPED)
        cr_skip_test("%s", text_last_line(outcome.err));
    cr_assert(outcome.exit_code == 0, "it cannot be told of: %s%s", outcome.out, outcome.err);
    cr_expect(!strstr(outcome.out, "it failed"), "a boot did not do what it should: %s%s",
              outcome.out, outcome.err);
    free(tree);
    free(machine);
    free(boots);
    free(script);
    return outcome.out;
}

/* In this order. */
static void expect_said(const char *said, const char *const *lines, const char *lost)
{
    const char *at = said;

    for (; *lines && at; lines++) {
        at = strstr(at, *lines);
        cr_expect(at, "%s: no '%s' in %s", lost, *lines, said);
    }
}

Test(fleet, a_reset_recovers_from_a_shim_that_ends_every_program)
{
    static const char *const lines[] = {
        "== switched on\nrunning\n",
        "ok: a unit with ProtectSystem=strict starts, and has the shim\n",
        "ok: it is on",
        "ok: at each boot osrandom-preload.service tries the shim",
        "== a bad shim\nrunning\non: ",
        "no program starts\n",
        "== after the reset\ndegraded\noff: ",
        "a program of root's is killed by signal",
        "the machine boots without the shim\n",
        "osrandom-preload.service\n== a good shim again\nrunning\non: ",
        NULL};
    char *said = said_by("fleet_reset.sh", true);

    expect_said(said, lines, "after a bad shim, a machine has to be taken from its rack");
    free(said);
}

Test(fleet, a_boot_that_was_never_complete_is_followed_by_one_without_the_shim)
{
    static const char *const lines[] = {"== a boot that hangs\nhangs\n",
                                        "== after the reset\ndegraded\noff: ",
                                        "boot: the last one that switched it on is not complete",
                                        "== and on again\nrunning\non: ", NULL};
    char *said = said_by("fleet_hang.sh", true);

    expect_said(said, lines, "a machine that hangs with the shim hangs at each boot");
    free(said);
}

Test(fleet, a_try_is_taken_back_whatever_becomes_of_the_login)
{
    static const char *const lines[] = {"ok: it is on for 2 seconds",
                                        "tried and not kept: /etc/ld.so.preload is as before",
                                        "ok: it stays on",
                                        "== what shall not even be tried\nrunning\noff: ",
                                        "== what was kept\nrunning\non: ",
                                        "disabled\ndisabled\n",
                                        "== what was switched off\nrunning\noff: ",
                                        NULL};
    char *said = said_by("fleet_try.sh", true);

    expect_said(said, lines, "a try is not taken back, or not kept");
    free(said);
}

Test(fleet, prometheus_takes_the_figures_and_the_alerts)
{
    static const char *const lines[] = {"SUCCESS\n",
                                        "SUCCESS: 5 rules found\n",
                                        "figures: ",
                                        "state=\"covered\"} 1\n",
                                        "state=\"uncovered\"} 1\n",
                                        "osrandom_program_draws{program=~\"python.*\"} 1\n",
                                        "count(osrandom_shim_info{build_id!=\"\"}) 1\n",
                                        "node_textfile_scrape_error 0\n",
                                        NULL};
    char *said = said_by("fleet_watch.sh", false);

    expect_said(said, lines, "the fleet cannot be watched");
    free(said);
}

/* Minutes: only tools/check --all has it. */
Test(fleet, ansible_stops_at_the_canary_and_puts_it_back)
{
    static const char *const lines[] = {
        "== switched on\none : ok=", "one: on:\ntwo: on:\nversion 1\nversion 1\n",
        "== nothing to do\none : ok=4 changed=0", "two : ok=4 changed=0",
        "== nothing to do, and only asked\none : ok=4 changed=0",
        "== a bad build\nfatal: [one]: FAILED!", "2 was not kept: Try the shim",
        "is killed by signal",
        /* and no line of the other one: it was not touched */
        " failed=1 \none: on:\ntwo: on:\nversion 1\nversion 1\n",
        "TASK [osrandom : Put the machine back",
        "/usr/sbin/kamailio mode=register\n/usr/sbin/kamailio mode=register\n", "== off\n",
        "one: off\ntwo: off\n", "== on again\n", "one: on:\ntwo: on:\n", NULL};
    char *said, *took;

    only_from(LEVEL_ALL);
    said = said_by("fleet_ansible.sh", false);
    took = strstr(said, "took: ");
    if (took)
        fprintf(stderr, "[----] %.*s\n", (int)strcspn(took, "\n"), took);
    expect_said(said, lines, "a bad build goes through the whole fleet");
    free(said);
}

Test(fleet, a_drop_in_covers_all_units)
{
    static const char *const lines[] = {"== before\nrunning\n0\n", "== with the drop-in\nrunning\n",
                                        "draws from the operating system\n",
                                        "and after a daemon-reexec\n", NULL};
    char *said = said_by("fleet_units.sh", true);

    expect_said(said, lines, "the drop-in for all units does not work");
    free(said);
}

Test(fleet, runc_starts_what_oci_has_changed)
{
    static const char *const lines[] = {
        "\"LD_PRELOAD=libm.so.6:/usr/local/lib/libosrandom_preload.so\"\n",
        "draws from the operating system", NULL};
    char *said = said_by("fleet_runc.sh", false);

    expect_said(said, lines, "a container is not covered");
    if (!strstr(said, "no musl-gcc"))
        expect_said(said,
                    WORDS("/usr/local/lib/libosrandom_preload.so\n",
                          "config.json has no process to be preloaded into\nexit status 125\n"),
                    "a container with musl is not covered");
    free(said);
}

Test(fleet, the_guide_can_be_typed)
{
    static const char *const lines[] = {"ok: it is on for 600 seconds",
                                        "draws from the operating system",
                                        "ok: it stays on",
                                        "1 process with OpenSSL: 1 covered",
                                        "ok: /etc/ld.so.preload does not name the shim",
                                        "\noff\n",
                                        "ok: it is on",
                                        "\nnot covered, by that line\n",
                                        "osrandom_processes{state=\"uncovered\"}",
                                        "typed: all\n",
                                        NULL};
    char *said = said_by("fleet_guide.sh", true);

    expect_said(said, lines, "an operator who follows the guide is lost");
    free(said);
}
