/*
 * The Debian package: what it puts where, and that it comes and goes without a trace.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "machine.h"
#include "words.h"

TestSuite(package, .fini = clean_up, .timeout = 300);

/* The shim where the package has put it. */
#define LIBRARY "$(dpkg -L libosrandom-preload | grep 'preload.so$')"

static void expect_on_machine(const char *script, const char *lost)
{
    struct outcome outcome = on_machine(script);

    expect(&outcome, 0, NULL, NULL, lost);
    cr_expect(!strstr(outcome.err, "ERROR: ld.so"), "the loader complains: %s", outcome.err);
    outcome_free(&outcome);
}

Test(package, is_clean_to_lintian)
{
    struct outcome outcome =
        shell("command -v lintian >/dev/null && ls \"$1\"/deb/*.changes >/dev/null || exit 99\n"
              "exec lintian --allow-root --pedantic -I --fail-on error,warning,info "
              "\"$1\"/deb/*.changes",
              BUILD_DIR, NULL);

    if (outcome.exit_code == 99)
        cr_skip_test("lintian is not installed, or there is no package");
    expect(&outcome, 0, "", NULL, "Debian would not take it");
    outcome_free(&outcome);
}

Test(package, makes_the_first_example_of_the_readme_work)
{
    expect_on_machine("dpkg -i $DEBS\n"
                      "OSRANDOM_LOG=info LD_PRELOAD=libosrandom_preload.so openssl rand -hex 16 "
                      "2>&1 | grep 'draws from the operating system'",
                      "the bare name in LD_PRELOAD does not work");
}

Test(package, brings_the_command_its_pages_and_its_completion)
{
    expect_on_machine("dpkg -i $DEBS\n"
                      "osrandom run --require --log=info openssl rand 8 2>&1 >/dev/null | "
                      "grep 'draws from the operating system'\n"
                      "osrandom explain openssl | grep 'covered$'\n"
                      "test -e /usr/share/man/man8/osrandom.8.gz\n"
                      "test -e /usr/share/man/man8/libosrandom_preload.8.gz\n"
                      "test -e /usr/share/bash-completion/completions/osrandom\n"
                      "test -x /usr/share/doc/osrandom/examples/whole-system",
                      "the package lacks something");
}

/* The same files under another version. */
#define NEXT_VERSION                                                                               \
    "for deb in $DEBS; do dpkg-deb -R $deb $BOX/tree; "                                            \
    "sed -i 's/^Version: .*/Version: 9.9.9/; s/(= [^)]*)/(= 9.9.9)/' $BOX/tree/DEBIAN/control; "   \
    "dpkg-deb -b $BOX/tree $BOX/next-${deb##*/} >/dev/null; rm -r $BOX/tree; done\n"

Test(package, is_upgraded_under_a_running_program)
{
    expect_on_machine(NEXT_VERSION
                      "dpkg -i $BOX/[lo]*.deb\n"
                      "echo libosrandom_preload.so >/etc/ld.so.preload\n"
                      "mkfifo $BOX/in; exec 8<>$BOX/in; openssl sha256 <$BOX/in 8<&- & held=$!\n"
                      "until grep -q libosrandom /proc/$held/maps; do kill -0 $held; done\n"
                      "dpkg -i $BOX/next-*.deb\n"
                      "dpkg-query -W -f '${Version}' libosrandom-preload | grep -x 9.9.9\n"
                      "kill -0 $held\n"
                      "grep -x libosrandom_preload.so /etc/ld.so.preload\n"
                      "osrandom status $held | grep 'replaced since it started'",
                      "an upgrade disturbs what runs, or turns the system's preset off");
}

/* glibc's loader reads past the second comment of the file, so that there is one. */
Test(package, takes_its_line_out_of_the_systems_preset_when_it_is_removed)
{
    expect_on_machine("dpkg -i $DEBS\n"
                      "preset=/etc/ld.so.preload\n"
                      "{ echo '# libosrandom_preload.so was here'\n"
                      "  echo \"libosrandom_preload.so libm.so.6 " LIBRARY "\"\n"
                      "  echo; echo libdl.so.2; } >$preset\n"
                      "dpkg -r osrandom libosrandom-preload\n"
                      "[ \"$(tr '\\n' , <$preset)\" = "
                      "'# libosrandom_preload.so was here,libm.so.6,,libdl.so.2,' ]\n"
                      "[ \"$(stat -c %a $preset)\" = 644 ]",
                      "after a removal every program complains, or others' lines are lost");
}

Test(package, leaves_another_shim_in_the_systems_preset)
{
    /* a library that does nothing stands for the other */
    expect_on_machine(
        "dpkg -i $DEBS\n"
        "preset=/etc/ld.so.preload shim=" LIBRARY "\n"
        "mkdir -p /opt/other; cp ${shim%/*}/libm.so.6 "
        "/opt/other/libosrandom_preload.so\n"
        "{ echo '/usr/$LIB/libosrandom_preload.so:/usr/${LIB}/libosrandom_preload.so'\n"
        "  echo \"/opt/other/libosrandom_preload.so $shim # not $shim\"; } >$preset\n"
        "dpkg -r osrandom libosrandom-preload\n"
        "grep '^/opt/other/libosrandom_preload.so # not /usr/lib' $preset\n"
        "[ \"$(wc -l <$preset)\" = 1 ]",
        "what is not the package's own is taken out, or a comment is taken for a name");
}

Test(package, leaves_a_preset_that_is_a_link_one)
{
    expect_on_machine("dpkg -i $DEBS\n"
                      "echo libosrandom_preload.so >/etc/preset; ln -s preset /etc/ld.so.preload\n"
                      "dpkg -r osrandom libosrandom-preload\n"
                      "[ -L /etc/ld.so.preload ]; [ -f /etc/preset ]; ! [ -s /etc/preset ]",
                      "a link that an administrator has put there is lost");
}

Test(package, leaves_nothing_behind)
{
    expect_on_machine("dpkg -i $DEBS\n"
                      "dpkg -L osrandom libosrandom-preload >$BOX/files\n"
                      "grep preload.so $BOX/files\n"
                      "echo \"" LIBRARY "\" >/etc/ld.so.preload\n"
                      "dpkg -P osrandom libosrandom-preload\n"
                      "test ! -e /etc/ld.so.preload\n"
                      "for file in $(cat $BOX/files); do ! [ -f $file ] || exit 1; done\n"
                      "! ls /var/lib/dpkg/info/*osrandom* 2>/dev/null",
                      "the package leaves files behind");
}

Test(package, is_built_where_a_path_has_blanks)
{
    struct outcome outcome = shell(
        "command -v dh >/dev/null || exit 99; unset MAKEFLAGS MFLAGS MAKELEVEL\n"
        "mkdir \"$1/a b\"; tar -c --exclude=./build --exclude=./.git . | tar -x -C \"$1/a b\"\n"
        "cd \"$1/a b\"; make -s deb; ls build/deb | grep -c 'deb$'",
        directory(), NULL);

    if (outcome.exit_code == 99)
        cr_skip_test("debhelper is not installed");
    expect(&outcome, 0, "4\n", "", "the packages cannot be built in every directory");
    outcome_free(&outcome);
}

/* debian/tests, which a distribution runs on the packages that are installed. */
Test(package, passes_the_tests_that_it_brings)
{
    expect_on_machine("dpkg -i $DEBS\n"
                      "export AUTOPKGTEST_TMP=$BOX\n"
                      "for test in $(sed -n 's/^Tests: //p' $BOX/dep8/control); do\n"
                      "    $BOX/dep8/$test; done",
                      "the packages do not work as they are installed");
}

/* ---- make install ---- */

Test(package, follows_make_installs_directories)
{
    struct outcome outcome = shell(
        "unset MAKEFLAGS MFLAGS MAKELEVEL\n"
        "make=\"make BUILD=$1/build DESTDIR=$1/root PREFIX=/usr LIBDIR=/usr/lib64 CFLAGS=-O0\"\n"
        "$make all >/dev/null; $make install >/dev/null; cd \"$1/root\"\n"
        "find . -type f -o -type l | grep -v examples/ | sort\n"
        "LD_PRELOAD= usr/bin/osrandom run env | sed -n \"s!^LD_PRELOAD=$1!!p\"\n"
        "cd - >/dev/null; $make uninstall; find \"$1/root\" -type f",
        directory(), NULL);

    expect(&outcome, 0,
           "./usr/bin/osrandom\n./usr/lib64/libosrandom_preload.so\n"
           "./usr/share/bash-completion/completions/osrandom\n"
           "./usr/share/man/man8/libosrandom_preload.8\n./usr/share/man/man8/osrandom.8\n"
           "/root/usr/lib64/libosrandom_preload.so\n",
           "", "a packager finds things elsewhere");
    cr_expect(!strstr(outcome.out, directory()), "make uninstall leaves files: %s", outcome.out);
    outcome_free(&outcome);
}

Test(package, is_built_without_the_command_where_its_libraries_are_missing)
{
    struct outcome outcome =
        shell("unset MAKEFLAGS MFLAGS MAKELEVEL\n"
              "make=\"make BUILD=$1/build PKG_CONFIG=false CFLAGS=-O0\"; $make -s all\n"
              "test -e \"$1/build/libosrandom_preload.so\"; ! test -e \"$1/build/osrandom\"\n"
              "$make -s DESTDIR=\"$1/root\" PREFIX=/usr install\n"
              "test -e \"$1/root/usr/lib/libosrandom_preload.so\"",
              directory(), NULL);

    expect(&outcome, 0, "osrandom, the command, is not built", "",
           "the shim cannot be had without libelf and jansson");
    outcome_free(&outcome);
}
