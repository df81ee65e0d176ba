/*
 * The documents tell the truth about what is where: see the scripts beside this file.
 */
#include <criterion/criterion.h>
#include <unistd.h>

#include "words.h"

TestSuite(documents, .fini = clean_up);

static const char documents_of_ours[] =
    "$(find . -name '*.md' -not -path './build*/*' | sed 's!^./!!') "
    "tools/man/*.[58] .github/workflows/*.yml";

static void expect_said(const char *what, const char *files, const char *said, const char *lost)
{
    struct outcome outcome = shell(
        text_format("BUILD=%s exec tests/command/documents %s %s", BUILD_DIR, what, files), NULL);

    expect(&outcome, 0, said, "", lost);
    outcome_free(&outcome);
}

Test(documents, have_links_that_lead_somewhere)
{
    expect_said("links", documents_of_ours, "", "a reader follows a link to nowhere");
}

Test(documents, name_files_that_are_there)
{
    expect_said("paths", documents_of_ours, "", "a reader looks for a file that is not there");
}

Test(documents, and_comments_name_sources_that_are_there)
{
    expect_said("paths", "Makefile $(find platform preload tests tools .ci -type f)", "",
                "a comment sends its reader to a source that is not there");
}

Test(documents, name_tests_that_exist)
{
    if (access(built("tests/apps/run"), X_OK) != 0 || access(built("tests/reach/run"), X_OK) != 0)
        cr_skip_test("the other suites are not built: make tests builds them");
    expect_said("filters", "tests/README.md", "", "what a row says is shown by no test");
}

Test(documents, name_every_suite)
{
    struct outcome outcome = shell(
        "for folder in $(ls -d tests/*/ | grep -vE '/(support|probes|programs|ledger)/$'); do\n"
        "    name=$(basename $folder)\n"
        "    grep -q \"^| .$name. |\" tests/README.md || echo \"no $name\"\n"
        "done",
        NULL);

    expect(&outcome, 0, "", "", "a folder of tests is explained nowhere");
    outcome_free(&outcome);
}

/* ---- Arrows: what they say of who includes whom ---- */

Test(documents, say_truly_which_way_includes_go)
{
    struct outcome outcome = shell("exec tests/command/arrows .", NULL);

    expect(&outcome, 0, "", "", "a room needs what stands above it");
    outcome_free(&outcome);
}

Test(documents, an_arrow_that_points_up_is_found_out)
{
    struct outcome outcome =
        shell("mkdir -p \"$1/platform\" \"$1/preload\" \"$1/tools/osrandom/base\"\n"
              "echo '#include \"own.h\"\n#include \"up.h\"' >\"$1/platform/one.c\"\n"
              "echo '#include \"own.h\"' >\"$1/preload/one.c\"\n"
              "echo '#include \"command.h\"' >\"$1/tools/osrandom/base/one.c\"\n"
              "touch \"$1/platform/own.h\" \"$1/preload/up.h\"; exec tests/command/arrows \"$1\"",
              directory(), NULL);

    expect(&outcome, 0,
           text_format("%s/one.c includes up.h\n%s/one.c includes command.h\n", "platform",
                       "tools/osrandom/base"),
           "", "an arrow that points up is passed over");
    outcome_free(&outcome);
}

/* ---- What the others rest on ---- */

Test(documents, that_are_wrong_are_found_out)
{
    const char *wrong = file_of("wrong.md",
                                "# A heading\n[one](no.md) [two](#no-heading) [three](#a-heading)\n"
                                "tests/no.svg, tests/tests.mk; tests/n*o, tests/*.mk.\n"
                                "| `status no/test*` | `nor/this*` |\n",
                                0644);

    expect_said("links", wrong,
                text_format("%s: no.md: no such file\n%s: #no-heading: no such "
                            "heading\n",
                            wrong, wrong),
                "a link that leads nowhere is passed over");
    expect_said(
        "paths", wrong,
        text_format("%s: tests/n*o: no such file\n%s: tests/no.svg: no such file\n", wrong, wrong),
        "a path that is not there is passed over");
    expect_said("filters", wrong,
                text_format("%s: status no/test*: no such test\n%s: nor/this*: no such test\n",
                            wrong, wrong),
                "a filter that finds nothing is passed over");
}
