/*
 * What the file itself promises on every machine, as tests/load/image.c asks it of this machine's;
 * and what is not built at all.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "reach.h"

TestSuite(images, .fini = clean_up);

/* readelf(1) names a symbol last in its line, whatever the machine puts before it. */
static const char compare_symbols[] = "readelf -W --dyn-syms \"$1\" |\n"
                                      "    awk -v mark=\"$2\" '$1 ~ /^[1-9][0-9]*:$/ && $4 != "
                                      "\"SECTION\" && (/ UND / ? \"UND\" : \"DEF\") == mark "
                                      "{ print $NF }' |\n"
                                      "    LC_ALL=C sort | diff - \"$3\"";

static void expect_symbols(const char *shim, const char *mark, const char *golden)
{
    struct outcome outcome =
        run_words(NULL, NULL, NULL, "sh", "-euc", compare_symbols, "sh", shim, mark, golden, NULL);

    cr_expect(outcome.exit_code == 0, "%s: %s says what was agreed:\n%s%s", shim, golden,
              outcome.out, outcome.err);
}

static char *readelf(const char *option, const char *file)
{
    struct outcome outcome = run_words(NULL, NULL, NULL, "readelf", "-W", option, file, NULL);

    cr_assert(outcome.exit_code == 0, "readelf: %s", outcome.err);
    return outcome.out;
}

static void with_each_build(void (*check)(const struct machine *machine, const char *shim))
{
    const struct machine *machine;
    bool any = false;

    for (size_t i = 0; (machine = machine_at(i)); i++) {
        const char *path =
            text_format("%s/reach/%s/libosrandom_preload.so", BUILD_DIR, machine->name);

        if (access(path, R_OK) == 0) {
            check(machine, path);
            any = true;
        }
    }
    if (!any)
        cr_skip_test("no cross compiler is here, such as gcc-aarch64-linux-gnu");
}

static void check_symbols(const struct machine *machine, const char *shim)
{
    (void)machine;
    expect_symbols(shim, "DEF", "tests/load/exports.golden");
    expect_symbols(shim, "UND", "tests/load/imports.golden");
}

Test(images, export_and_import_the_same_on_every_machine)
{
    with_each_build(check_symbols);
}

static void check_independence(const struct machine *machine, const char *shim)
{
    static const char *const unwanted[] = {"(NEEDED)", "(VERNEED)", "(TEXTREL)", "(RUNPATH)", NULL};
    const char *dynamic = readelf("--dynamic", shim), *segments = readelf("--segments", shim);

    for (const char *const *tag = unwanted; *tag; tag++)
        cr_expect(!strstr(dynamic, *tag), "%s: the file has a %s entry", machine->name, *tag);
    cr_expect(strstr(dynamic, "NODELETE") && strstr(dynamic, "NOW"),
              "%s: the file can be unloaded, or is bound lazily", machine->name);
    cr_expect(strstr(segments, "GNU_RELRO") && !strstr(segments, "TLS") && !strstr(segments, "RWE"),
              "%s: relocated data stays writable, or memory is writable and executable",
              machine->name);
}

Test(images, need_no_library_on_any_machine)
{
    with_each_build(check_independence);
}

/* The processor's own protection: one object without the note turns it off for the whole host. The
 * outlined atomics of arm64 would import what they ask the C library for. */
Test(images, for_arm64_keep_branch_protection_and_their_own_atomics)
{
    const char *shim = machine_shim(machine_named("arm64"));
    const char *notes = readelf("--notes", shim);

    cr_expect(strstr(notes, "BTI") && strstr(notes, "PAC"), "no BTI and PAC note: %s", notes);
    cr_expect(!strstr(readelf("--symbols", shim), "__aarch64_"), "atomics are outlined");
}

Test(images, for_i386_keep_control_flow_protection)
{
    const char *notes = readelf("--notes", machine_shim(machine_named("i386")));

    cr_expect(strstr(notes, "IBT") && strstr(notes, "SHSTK"), "no CET note: %s", notes);
}

/* As tests/README.md has it for a system with both word sizes; the command itself stays away, for
 * there is no libelf for that machine here. */
Test(images, are_installed_by_make_with_the_other_compiler)
{
    const char *build = text_format("BUILD=%s/reach/i386", BUILD_DIR);
    const char *destination, *file;
    struct outcome outcome;

    machine_named("i386");
    destination = text_format("DESTDIR=%s", directory());
    outcome = run_words(NULL, NULL, NULL, "env", "-u", "MAKEFLAGS", "-u", "MFLAGS", "make", "-s",
                        "install", build, destination, "CC=i686-linux-gnu-gcc",
                        "CFLAGS=-O2 -g -Wno-psabi", "CPPFLAGS=", "LDFLAGS=", "PREFIX=/usr",
                        "LIBDIR=/usr/lib/i386-linux-gnu", NULL);
    cr_assert(outcome.exit_code == 0, "make install: %s%s", outcome.out, outcome.err);
    file = text_format("%s/usr/lib/i386-linux-gnu/libosrandom_preload.so", directory());
    cr_expect(strstr(readelf("--file-header", file), "80386"), "it is built for another machine");
    cr_expect(!strstr(readelf("--sections", file), ".debug_info"), "it is not stripped");
#ifndef __i386__
    cr_expect(access(text_format("%s/usr/bin/osrandom", directory()), F_OK) != 0,
              "a command for this machine is installed on another");
#endif
}

/* x32 has x86-64's registers and other structures: what was built would be wrong. */
Test(images, for_x32_are_not_built)
{
    struct outcome outcome;

    this_machine();
    outcome = run_words(NULL, NULL, NULL, "gcc", "-mx32", "-fsyntax-only", "-x", "c",
                        "platform/linux_syscall.h", NULL);
    cr_expect(outcome.exit_code != 0 && strstr(outcome.err, "x32 programs are not supported"),
              "x32 is built, or refused without a reason: %s", outcome.err);
}
