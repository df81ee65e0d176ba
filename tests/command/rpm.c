/*
 * The RPM packages, in a root that rpm itself makes: nothing in it but a busybox for their scripts.
 */
#include <criterion/criterion.h>
#include <string.h>
#include <unistd.h>

#include "words.h"

TestSuite(rpm, .fini = clean_up, .timeout = 900);

static void expect_of_rpm(const char *script, const char *out, const char *lost)
{
    static const char make_root[] =
        "command -v rpm >/dev/null && command -v busybox >/dev/null && ls \"$2\"/rpm/*.rpm "
        ">/dev/null || exit 99\n"
        "root=$1/root; mkdir -p \"$root/bin\" \"$root/etc\"; cp \"$(command -v busybox)\" "
        "\"$root/bin\"\n"
        "chroot \"$root\" /bin/busybox --install /bin || exit 99\n"
        "rpm --root \"$root\" --initdb\n"
        "install() { rpm --root \"$root\" --nodeps \"$@\"; }\n";
    struct outcome outcome =
        geteuid() == 0 ? shell(text_format("%s%s", make_root, script), directory(), BUILD_DIR, NULL)
                       : (struct outcome){.exit_code = 99};

    if (outcome.exit_code == 99)
        cr_skip_test("there is no root here, no rpm, no busybox or no package");
    expect(&outcome, 0, out, NULL, lost);
    outcome_free(&outcome);
}

Test(rpm, is_clean_to_rpmlint)
{
    struct outcome outcome =
        shell("command -v rpmlint >/dev/null && ls \"$1\"/rpm/*.rpm >/dev/null || exit 99\n"
              "rpmlint --version | grep -q '2\\.4' || exit 98\n"
              "rpmlint --rpmlintrc tools/package/osrandom.rpmlintrc \"$1\"/rpm/*.rpm "
              "tools/package/osrandom.spec",
              BUILD_DIR, NULL);

    if (outcome.exit_code == 99)
        cr_skip_test("rpmlint is not installed, or there is no package");
    if (outcome.exit_code == 98)
        cr_skip_test("this rpmlint is not Debian 12's, by which the packages are judged");
    expect(&outcome, 0, "0 errors, 0 warnings", NULL, "no distribution would take it");
    outcome_free(&outcome);
}

Test(rpm, brings_what_works)
{
    expect_of_rpm("install -i \"$2\"/rpm/*.rpm\n"
                  "\"$root/usr/bin/osrandom\" run --log=info openssl rand -hex 4 2>&1 |\n"
                  "    grep -o 'draws from the operating system'\n"
                  "test -e \"$root/usr/share/man/man8/osrandom.8\" -o -e "
                  "\"$root/usr/share/man/man8/osrandom.8.gz\"\n"
                  "test -e \"$root/usr/share/doc/osrandom/examples/systemd/osrandom.conf\"",
                  "draws from the operating system\n", "the packages lack something");
}

Test(rpm, has_the_version_of_its_source)
{
    expect_of_rpm("[ \"$(rpm -qp --qf '%{VERSION}\\n' \"$2\"/rpm/*.rpm | sort -u)\" = \"$(make -s "
                  "version)\" ]",
                  "", "a bug is reported for another version than the one that ran");
}

Test(rpm, comes_is_upgraded_and_goes_without_a_trace)
{
    expect_of_rpm(
        "unset MAKEFLAGS MFLAGS MAKELEVEL\n"
        "make -s rpm VERSION=9.9.9 RPM_DIR=\"$1/next\" >/dev/null\n"
        "install -i \"$2\"/rpm/*.rpm\n"
        "shim=$(cd \"$root\"; ls usr/lib*/libosrandom_preload.so); preset=$root/etc/ld.so.preload\n"
        "printf '%s\\n' libother.so \"/$shim # the shim\" '/usr/$LIB/libosrandom_preload.so' "
        "/opt/libosrandom_preload.so >\"$preset\"\n"
        "install -U \"$1\"/next/*.rpm; grep -c osrandom \"$preset\"\n"
        "rpm --root \"$root\" -q --qf '%{NAME} %{VERSION}\\n' osrandom libosrandom_preload\n"
        "rpm --root \"$root\" -e osrandom libosrandom_preload; cat \"$preset\"\n"
        "find \"$root\" -name '*osrandom*'",
        "3\nosrandom 9.9.9\nlibosrandom_preload 9.9.9\n"
        "libother.so\n/opt/libosrandom_preload.so\n",
        "an upgrade turns the preset off, or a removal leaves names of files that are gone");
}
