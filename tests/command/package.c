/*
 * The Debian package: what it puts where, and that it comes and goes without a trace.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "level.h"
#include "machine.h"
#include "words.h"

TestSuite(package, .fini = clean_up, .timeout = 900);

/* The shim where the package has put it. */
#define LIBRARY "$(dpkg -L libosrandom-preload | grep 'preload.so$')"

static void expect_on_machine(const char *script, const char *lost)
{
    struct outcome outcome = on_machine(script);

    expect(&outcome, 0, NULL, NULL, lost);
    cr_expect(!strstr(outcome.err, "ERROR: ld.so"), "the loader complains: %s", outcome.err);
    outcome_free(&outcome);
}

/* As with the linters of the source: other versions of it find other things. */
Test(package, is_clean_to_lintian)
{
    struct outcome outcome =
        shell("command -v lintian >/dev/null && ls \"$1\"/deb/*.changes >/dev/null || exit 99\n"
              "lintian --version | grep -q v2.116 || exit 98\n"
              "exec lintian --allow-root --pedantic -I --fail-on error,warning,info "
              "\"$1\"/deb/*.changes",
              BUILD_DIR, NULL);

    if (outcome.exit_code == 99)
        cr_skip_test("lintian is not installed, or there is no package");
    if (outcome.exit_code == 98)
        cr_skip_test("this lintian is not Debian 12's, by which the packages are judged");
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
                      "test -e /usr/share/man/man5/osrandom.conf.5.gz\n"
                      "test -e /usr/share/doc/osrandom/examples/rules/osrandom.conf\n"
                      "test ! -e /etc/osrandom.conf\n"
                      "test -e /usr/share/bash-completion/completions/osrandom\n"
                      "test -e /usr/share/doc/osrandom/examples/systemd/osrandom.conf\n"
                      "test -e /lib/systemd/system/osrandom-preload.service",
                      "the package lacks something");
}

/* The same files under another version. */
#define NEXT_VERSION                                                                               \
    "for deb in $DEBS; do dpkg-deb -R $deb $BOX/tree; "                                            \
    "sed -i 's/^Version: .*/Version: 9.9.9/; s/(= [^)]*)/(= 9.9.9)/' $BOX/tree/DEBIAN/control; "   \
    "dpkg-deb -b $BOX/tree $BOX/next-${deb##*/} >/dev/null; rm -r $BOX/tree; done\n"

/* Another build is one with another build id. */
Test(package, is_upgraded_under_a_running_program)
{
    expect_on_machine(NEXT_VERSION
                      "dpkg -i $BOX/[lo]*.deb\n"
                      "echo libosrandom_preload.so >/etc/ld.so.preload\n"
                      "mkfifo $BOX/in; exec 8<>$BOX/in; openssl sha256 <$BOX/in 8<&- & held=$!\n"
                      "until grep -q libosrandom /proc/$held/maps; do kill -0 $held; done\n"
                      "dpkg -i $BOX/next-*.deb\n"
                      "perl -0777 -pi -e 's/(\\x14\\0{3}\\x03\\0{3}GNU\\0)./$1X/s' " LIBRARY "\n"
                      "dpkg-query -W -f '${Version}' libosrandom-preload | grep -x 9.9.9\n"
                      "kill -0 $held\n"
                      "grep -x libosrandom_preload.so /etc/ld.so.preload\n"
                      "osrandom status $held | grep 'its shim is another build'",
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
        "mkdir -p /opt/other; libc=$(ldd /bin/sh | grep -o '/[^ ]*/libc.so.6')\n"
        "cp ${libc%/*}/libm.so.6 /opt/other/libosrandom_preload.so\n"
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

Test(package, switches_off_before_it_goes)
{
    expect_on_machine("dpkg -i $DEBS; rm -f $OTHER_LOADER\n"
                      "osrandom system on; [ -L /etc/ld.so.preload ]\n"
                      "dpkg -r osrandom libosrandom-preload\n"
                      "if [ -L /etc/ld.so.preload ]; then exit 1; fi; true 2>&1 | cmp - /dev/null",
                      "a link that leads nowhere stays for ever");
}

Test(package, leaves_nothing_behind)
{
    expect_on_machine("dpkg -i $DEBS\n"
                      "dpkg -L osrandom libosrandom-preload openssl-provider-osrandom >$BOX/files\n"
                      "grep preload.so $BOX/files\n"
                      "echo \"" LIBRARY "\" >/etc/ld.so.preload\n"
                      "dpkg -P osrandom libosrandom-preload openssl-provider-osrandom\n"
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
        "cd \"$1/a b\"; make -s deb; ls build/deb | grep -c '^osrandom_.*deb$'",
        directory(), NULL);

    if (outcome.exit_code == 99)
        cr_skip_test("debhelper is not installed");
    expect(&outcome, 0, "1\n", "", "the packages cannot be built in every directory");
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

/* The changelog's: a tag is to be named after it. The source itself is not on that machine. */
Test(package, says_the_version_of_its_source_wherever_one_is_told)
{
    struct outcome version = shell("make -s version | grep -x '[0-9][0-9.]*[0-9]'", NULL);
    struct outcome command = osrandom(NULL, "--version", NULL);

    cr_assert_eq(version.exit_code, 0, "the source has no version");
    expect(&command, 0, text_format("osrandom %s", version.out), "",
           "the build has another version");
    expect_on_machine(
        text_format("dpkg -i $DEBS; version=%s"
                    "[ \"$(osrandom --version)\" = \"osrandom $version\" ]\n"
                    "[ \"$(dpkg-query -W -f '${Version}\\n' '*osrandom*' | uniq)\" = $version ]\n"
                    "osrandom status --prometheus | grep \"_shim_info{version=.$version.,\"\n"
                    "openssl version | grep '^OpenSSL [34]' || exit 0\n"
                    "openssl list -providers -provider osrandom | grep -x \" *version: $version\"",
                    version.out),
        "a bug is reported for another version than the one that ran");
    outcome_free(&version);
    outcome_free(&command);
}

Test(package, is_tagged_with_the_version_of_its_source)
{
    struct outcome outcome =
        shell("tags=$(git tag --points-at HEAD 'v*' 2>/dev/null) || exit 99\n"
              "[ \"$tags\" ] || exit 99; [ \"$tags\" = \"v$(make -s version)\" ] || echo \"$tags\"",
              NULL);

    if (outcome.exit_code == 99)
        cr_skip_test("this is no checkout of a release");
    cr_expect(outcome.exit_code == 0 && !*outcome.out,
              "a release has the name of another version: %s", outcome.out);
    outcome_free(&outcome);
}

Test(package, is_built_without_a_complaint_about_its_changelog)
{
    struct outcome outcome = shell("cat \"$1/deb/log\" || exit 99", BUILD_DIR, NULL);

    if (outcome.exit_code == 99)
        cr_skip_test("there is no package: debhelper is not installed");
    cr_expect(strstr(outcome.out, "dpkg-deb: building package"), "not its log: %s", outcome.out);
    cr_expect(!strstr(outcome.out, "can't read"), "a packager looks for a file: %s", outcome.out);
    outcome_free(&outcome);
}

/* Without the module every program that draws would get an error. */
Test(package, keeps_the_provider_while_openssl_cnf_loads_it)
{
    expect_on_machine("dpkg -i $DEBS\n"
                      "example=/usr/share/doc/osrandom/examples/openssl-cnf/osrandom-3.0.cnf\n"
                      "openssl version | grep '^OpenSSL [34]' || exit 0\n"
                      "cp /etc/ssl/openssl.cnf $BOX/before; cat $example >>/etc/ssl/openssl.cnf\n"
                      "OSRANDOM_LOG=info openssl rand -hex 8 2>&1 | grep 'loaded as a provider'\n"
                      "! dpkg -r openssl-provider-osrandom\n"
                      "openssl rand -hex 8\n"
                      "cp $BOX/before /etc/ssl/openssl.cnf; dpkg -r openssl-provider-osrandom\n"
                      "openssl rand -hex 8",
                      "a removal leaves the machine without random bytes");
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
        "cd - >/dev/null; $make HOMEPAGE=https://osrandom.example.org install >/dev/null\n"
        "(cd \"$1/root\"; find . -name '*metainfo*xml'); $make uninstall; find \"$1/root\" -type f",
        directory(), NULL);

    expect(&outcome, 0,
           "./usr/bin/osrandom\n"
           "./usr/lib/systemd/system/osrandom-metrics.service\n"
           "./usr/lib/systemd/system/osrandom-metrics.timer\n"
           "./usr/lib/systemd/system/osrandom-preload-booted.service\n"
           "./usr/lib/systemd/system/osrandom-preload.service\n"
           "./usr/lib64/libosrandom_preload.so\n"
           "./usr/share/bash-completion/completions/osrandom\n"
           "./usr/share/man/man5/osrandom.conf.5\n"
           "./usr/share/man/man8/libosrandom_preload.8\n./usr/share/man/man8/osrandom.8\n"
           "/root/usr/lib64/libosrandom_preload.so\n"
           "./usr/share/metainfo/org.example.osrandom.metainfo.xml\n",
           "", "a packager finds things elsewhere");
    cr_expect(!strstr(outcome.out, directory()), "make uninstall leaves files: %s", outcome.out);
    outcome_free(&outcome);
}

Test(package, comes_out_the_same_wherever_its_source_lies)
{
    struct outcome outcome =
        shell("unset MAKEFLAGS MFLAGS MAKELEVEL\n"
              "for place in here over/there; do mkdir -p \"$1/$place\"\n"
              "    tar -c --exclude=./build --exclude=\"./$2\" --exclude=./.git . | tar -x -C "
              "\"$1/$place\"\n"
              "    make -s -C \"$1/$place\" BUILD=${place%/*} CFLAGS='-O2 -g' all >/dev/null\n"
              "done\n"
              "cd \"$1\"; cmp here/here/osrandom over/there/over/osrandom\n"
              "cmp here/here/libosrandom_preload.so over/there/over/libosrandom_preload.so",
              directory(), BUILD_DIR, NULL);

    expect(&outcome, 0, "", "", "nobody can find out what an installed file was made of");
    outcome_free(&outcome);
}

/* Those of this build, and those of a copy of the source in another place. */
static void expect_made_again(const char *kind, const char *tool, const char *compare)
{
    static const char make_again[] =
        "command -v \"$3\" >/dev/null && ls \"$2/$1\"/*.$1 >/dev/null || exit 99\n"
        "unset MAKEFLAGS MFLAGS MAKELEVEL; here=$2/$1 place=$4/another/place; mkdir -p \"$place\"\n"
        "tar -c --exclude=./build --exclude=\"./$2\" --exclude=./.git . | tar -x -C \"$place\"\n"
        "make -s -C \"$place\" BUILD=elsewhere \"$1\" >/dev/null; there=$place/elsewhere/$1\n";
    char *script = text_format("%s%s", make_again, compare);
    struct command command = {
        .argv = WORDS("sh", "-euc", script, "sh", kind, BUILD_DIR, tool, directory()),
        .seconds = 1700};
    struct outcome outcome;

    only_from(LEVEL_ALL);
    outcome = run(&command);
    if (outcome.exit_code == 99)
        cr_skip_test("there is no package of this kind");
    expect(&outcome, 0, "", "", "nobody can find out what a package was made of");
    outcome_free(&outcome);
    free(script);
}

Test(package, is_made_again_byte_by_byte, .timeout = 1800)
{
    expect_made_again("deb", "dpkg-buildpackage",
                      "cmp \"$here/SHA256SUMS\" \"$there/SHA256SUMS\"\n"
                      "cmp \"$here\"/*.spdx.json \"$there\"/*.spdx.json");
}

Test(package, of_the_other_kind_is_made_again_byte_by_byte, .timeout = 1800)
{
    expect_made_again("rpm", "rpmbuild",
                      "for file in \"$here\"/*.rpm; do cmp \"$file\" \"$there/${file##*/}\"; done");
}

Test(package, comes_with_its_hashes_and_what_it_is_made_of)
{
    static const char compare[] =
        "import glob, hashlib, json, subprocess, sys\n"
        "sbom, = glob.glob('*.spdx.json')\n"
        "sbom = json.load(open(sbom))\n"
        "assert sbom['spdxVersion'] == 'SPDX-2.3' and sbom['dataLicense'] == 'CC0-1.0'\n"
        "every = sbom['packages'] + sbom['files']\n"
        "ids = {'SPDXRef-DOCUMENT', *(one['SPDXID'] for one in every)}\n"
        "assert len(ids) == 1 + len(every)\n"
        "for one in sbom['relationships']:\n"
        "    assert {one['spdxElementId'], one['relatedSpdxElement']} <= ids, one\n"
        "def is_of(one, data):\n"
        "    for sum in one['checksums']:\n"
        "        made = hashlib.new(sum['algorithm'].lower(), data).hexdigest()\n"
        "        assert made == sum['checksumValue'], one\n"
        "files = {}\n"
        "for one in sbom['packages']:\n"
        "    if 'packageFileName' in one:\n"
        "        is_of(one, open(one['packageFileName'], 'rb').read())\n"
        "        subprocess.run(['dpkg-deb', '-x', one['packageFileName'], sys.argv[1]], "
        "check=True)\n"
        "for one in sbom['files']:\n"
        "    is_of(one, open(sys.argv[1] + '/' + one['fileName'], 'rb').read())\n"
        "    print(one['fileName'])\n";
    struct outcome outcome =
        shell("ls \"$2\"/deb/*.deb >/dev/null 2>&1 && command -v python3 >/dev/null || exit 99\n"
              "cd \"$2/deb\"; sha256sum --quiet -c SHA256SUMS\n"
              "python3 -c \"$3\" \"$1\" | sort >\"$1.named\"\n"
              "(cd \"$1\"; find . -type f | sort) | cmp - \"$1.named\"; rm \"$1.named\"",
              directory(), BUILD_DIR, compare, NULL);

    if (outcome.exit_code == 99)
        cr_skip_test("there is no package, or no python3");
    expect(&outcome, 0, "", "", "nobody can find out what is in a package");
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
