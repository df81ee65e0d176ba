/*
 * Where the project is at home, as its packager tells it: HOMEPAGE and VCS.
 */
#include <criterion/criterion.h>

#include "level.h"
#include "words.h"

TestSuite(package_home, .fini = clean_up, .timeout = 900);

#define PAGE "https://osrandom.example.org/start"
#define REPOSITORY "https://git.example.org/osrandom.git"

Test(package_home, names_the_command_as_appstream_does)
{
    struct outcome outcome =
        shell("id() { HOMEPAGE=$1 tools/package/home id; }\n"
              "id https://osrandom.example.org; id https://www.example.org:8080/osrandom\n"
              "id https://code.example.org?osrandom",
              NULL);

    expect(&outcome, 0,
           "org.example.osrandom\n"
           "org.example.osrandom\n"
           "org.example.code.osrandom\n",
           "", "a software centre knows the command by another's name");
    outcome_free(&outcome);
}

Test(package_home, is_described_as_appstream_wants_it)
{
    struct outcome outcome = shell(
        "command -v appstreamcli >/dev/null || exit 99\n"
        "if appstreamcli --version | grep ' 0[.]1[0-4][.]'; then exit 98; fi; export HOMEPAGE=" PAGE
        "\n"
        "for VCS in '' " REPOSITORY "; do export VCS\n"
        "    tools/package/home metainfo 0.1.0 2026-11-24 >\"$1/$(tools/package/home "
        "id).metainfo.xml\"\n"
        "    appstreamcli validate --no-net --pedantic \"$1\"/*.xml\n"
        "done",
        directory(), NULL);

    if (outcome.exit_code == 99)
        cr_skip_test("appstream is not installed");
    if (outcome.exit_code == 98)
        cr_skip_test("this appstream is from before addresses of repositories were told");
    expect(&outcome, 0, "Validation was successful", NULL, "no catalogue would take it");
    outcome_free(&outcome);
}

Test(package_home, is_refused_where_it_is_no_address)
{
    struct outcome outcome = shell(
        "for address in \"https://a.example/'\" 'https://a.example/<x>' example.org "
        "javascript:a.b\n"
        "do for name in HOMEPAGE VCS; do\n"
        "    if env \"$name=$address\" tools/package/home check 2>\"$1/said\"; then exit 1; fi\n"
        "    grep -c \"$name .*$address\\|$name .*not $address\" \"$1/said\"\n"
        "done; done | uniq",
        directory(), NULL);

    expect(&outcome, 0, "1\n", "", "what a packager has mistyped gets into the packages");
    outcome_free(&outcome);
}

Test(package_home, stands_in_every_package_and_nowhere_where_none_is_told)
{
    struct outcome outcome;

    only_from(LEVEL_ALL);
    outcome =
        shell("command -v dh >/dev/null && command -v rpmbuild >/dev/null || exit 99\n"
              "ls \"$2\"/deb/osrandom_*.deb >/dev/null || exit 99\n"
              "unset MAKEFLAGS MFLAGS MAKELEVEL\n"
              "make -s BUILD=\"$1\" HOMEPAGE=" PAGE " VCS=" REPOSITORY " deb rpm >/dev/null\n"
              "mkdir \"$1/of_source\"; (cd \"$1/of_source\"; dpkg-source -x ../deb/*.dsc source\n"
              "cd source; dpkg-buildpackage -b -us -uc) >\"$1/log\" 2>&1; (cd \"$1/of_source\"\n"
              "grep '[.]deb$' ../deb/SHA256SUMS | sha256sum --quiet -c)\n"
              "cd \"$1\"; for deb in $(ls deb/*.deb | grep -v dbgsym); do dpkg-deb -f $deb "
              "Homepage; done |\n"
              "    sort | uniq -c\n"
              "grep -E '^(Homepage|Vcs)' deb/*.dsc\n"
              "dpkg-deb -c deb/osrandom_*.deb | grep -o 'usr/.*metainfo.xml'\n"
              "rpm -qp --qf '%{URL} %{VCS}\\n' rpm/*.rpm | uniq\n"
              "rpm -qlp rpm/*.rpm | grep metainfo.xml; cd - >/dev/null\n"
              "dpkg-deb -f \"$2\"/deb/osrandom_*.deb Homepage Vcs-Git\n"
              "if dpkg-deb -c \"$2\"/deb/osrandom_*.deb | grep metainfo; then exit 1; fi",
              directory(), BUILD_DIR, NULL);
    if (outcome.exit_code == 99)
        cr_skip_test("the tools that make packages are not installed");
    expect(&outcome, 0,
           "      3 " PAGE "\n"
           "Homepage: " PAGE "\n"
           "Vcs-Browser: https://git.example.org/osrandom\n"
           "Vcs-Git: " REPOSITORY "\n"
           "usr/share/metainfo/org.example.osrandom.metainfo.xml\n" PAGE " git:" REPOSITORY "\n"
           "/usr/share/metainfo/org.example.osrandom.metainfo.xml\n",
           "", "who has the package does not find the project");
    outcome_free(&outcome);
}
