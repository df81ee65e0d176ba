/*
 * What decides about strangers' suites, on logs that are made up here: a difference that nobody
 * explained must not pass, whichever way it hides. The suites themselves: tests/strangers/run.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "spawn.h"
#include "text.h"

/* Lines that begin with a suite, as in differences.table. */
static const char list[] = "a activate ok fail one test\\n\\ta reason\\n"
                           "b activate,allow ok skip two*\\n\\ta reason\\n";

/* Judges suite a in mode activate: logs of a stock and a shim each, blanks for new lines. */
static struct outcome judge(const char *suite, const char *mode, const char *stock,
                            const char *shim, const char *stock2, const char *shim2)
{
    char *script = text_format("cd $(mktemp -d) && printf '%s' >list && i=0\n"
                               "for log in '%s' '%s' '%s' '%s'; do\n"
                               "    [ -z \"$log\" ] || { i=$((i + 1)) && printf \"$log\" >$i; }\n"
                               "done\n"
                               "\"$OLDPWD\"/tests/strangers/judge %s %s list [1-4]; status=$?\n"
                               "rm -r \"$PWD\"; exit $status",
                               list, stock, shim, stock2, shim2, suite, mode);

    return run_words(NULL, NULL, NULL, "bash", "-c", script, NULL);
}

static void expect(struct outcome outcome, int exit_code, const char *said, const char *lost)
{
    cr_assert_eq(outcome.exit_code, exit_code, "%s: exit %d, %s%s", lost, outcome.exit_code,
                 outcome.out, outcome.err);
    cr_assert_not_null(strstr(outcome.out, said), "%s: '%s' is not in\n%s", lost, said,
                       outcome.out);
    outcome_free(&outcome);
}

Test(judge, passes_what_says_the_same)
{
    expect(judge("a", "activate", "x\\n@ok t\\n@fail u\\n", "@ok t\\ny\\n@fail u\\n", "", ""), 0,
           "stock: 1 ok, 1 failed, 0 skipped; shim: 1 ok, 1 failed, 0 skipped; 0 known",
           "what fails on stock as well is held against the shim");
}

Test(judge, finds_a_test_that_fails_under_the_shim)
{
    expect(judge("a", "activate", "@ok t\\n@ok u\\n", "@ok t\\n@fail u\\n", "", ""), 1,
           "DIFFERS: u: ok on stock, fail under the shim", "a new failure passes");
}

Test(judge, finds_it_with_an_empty_list)
{
    struct outcome outcome =
        run_words(NULL, NULL, NULL, "bash", "-c",
                  "echo '@ok t' >$$.a && echo '@fail t' >$$.b && : >$$.c\n"
                  "tests/strangers/judge a activate $$.c $$.a $$.b; status=$?\n"
                  "rm $$.[abc]; exit $status",
                  NULL);

    expect(outcome, 1, "DIFFERS: t: ok on stock, fail under the shim",
           "with an empty list the sides are mixed up");
}

Test(judge, finds_a_test_that_did_not_run)
{
    expect(judge("a", "activate", "@ok t\\n@ok u\\n", "@ok t\\n", "", ""), 1,
           "DIFFERS: u: ok on stock, absent under the shim", "a suite that ended early passes");
    expect(judge("a", "activate", "@ok t\\n@ok u\\n", "@ok t\\n@skip u\\n", "", ""), 1,
           "DIFFERS: u: ok on stock, skip under the shim", "a test that is skipped passes");
    expect(judge("a", "activate", "@ok t\\n@ok t\\n", "@ok t\\n", "", ""), 1,
           "DIFFERS: t #2: ok on stock, absent under the shim", "of two of one name one passes");
}

Test(judge, passes_what_is_on_the_list_for_the_suite_and_the_mode)
{
    const char *stock = "@ok one test\\n", *shim = "@fail one test\\n";

    expect(judge("a", "activate", stock, shim, "", ""), 0, "1 known differences",
           "a difference that has its reason is held against the shim");
    expect(judge("a", "builtin", stock, shim, "", ""), 1, "DIFFERS: one test",
           "a difference that is explained in one mode passes in another");
    expect(judge("b", "activate", stock, shim, "", ""), 1, "DIFFERS: one test",
           "a difference that is explained for one suite passes in another");
    expect(judge("a", "activate", stock, "@skip one test\\n", "", ""), 1, "DIFFERS: one test",
           "a test that was explained as failing passes as skipped");
    expect(judge("b", "allow", "@ok two (+)\\n", "@skip two (+)\\n", "", ""), 0,
           "1 known differences", "a pattern with a star does not fit");
}

Test(judge, tells_what_is_on_the_list_and_did_not_differ)
{
    expect(judge("a", "activate", "@ok one test\\n", "@ok one test\\n", "", ""), 0,
           "on the list, and not seen: one test", "reasons stay that explain nothing any more");
}

Test(judge, tells_what_stock_itself_is_not_sure_of)
{
    expect(judge("a", "activate", "@ok t\\n", "@fail t\\n", "@fail t\\n", "@fail t\\n"), 0,
           "flaky: t: ok, then fail on stock", "what stock fails, too, is held against the shim");
    expect(judge("a", "activate", "@ok t\\n", "@fail t\\n", "@ok t\\n", "@ok t\\n"), 0,
           "seen once: t: ok on stock; fail, then ok under the shim", "what came once is not told");
    expect(judge("a", "activate", "@ok t\\n", "@fail t\\n", "@ok t\\n", "@fail t\\n"), 1,
           "DIFFERS: t: ok on stock, fail under the shim", "what came twice passes");
    expect(judge("a", "activate", "@ok t\\n", "@fail t\\n", "@ok t\\n", "@skip t\\n"), 1,
           "DIFFERS: t", "what differs in two ways passes");
    expect(judge("a", "activate", "@ok one test\\n", "@fail one test\\n", "@ok one test\\n",
                 "@skip one test\\n"),
           1, "DIFFERS: one test",
           "what differs as the list says passes with what it does not say");
}

/* ---- How verdicts are read ---- */

static void expect_read(const char *word, const char *said, const char *verdicts, const char *lost)
{
    char *script = text_format("SIDE=stock && . tests/strangers/words.sh && file=$(mktemp)\n"
                               "printf '%s' >$file; %s; rm $file",
                               said, word);
    struct outcome outcome = run_words(NULL, NULL, NULL, "sh", "-euc", script, NULL);

    cr_assert_str_eq(outcome.out, verdicts, "%s:\n%s%s", lost, outcome.out, outcome.err);
    outcome_free(&outcome);
    free(script);
}

Test(words, read_verdicts_of_programs_that_speak_TAP)
{
    expect_read(
        "tap_in $file x.t",
        "1..4\nok 1 - one\nnot ok 2 two # not so\n    ok 3 - three # SKIP none\nokay\n"
        "not ok 4 # TODO later\nok\t# at 127:0x5f\nnot ok\n",
        "@ok x.t one\n@fail x.t two\n@skip x.t three\n@ok x.t # TODO later\n@ok x.t # at N:N\n"
        "@fail x.t\n",
        "a program's verdicts are misread");
    expect_read("tap_in $file", "a/b.t .. \nok 1\na/c.t ...\n1..0 # SKIP\n",
                "@ok b.t\n@skip c.t all\n", "nobody knows whose verdict it is");
}

Test(words, read_verdicts_of_JUnit)
{
    if (system("command -v python3 >/dev/null") != 0)
        cr_skip_test("python3 is missing, which reads XML");
    expect_read("junit $file",
                "<testsuite><testcase name=\"a\"/><testcase classname=\"x\" name=\"b\"><failure/>"
                "</testcase><testcase name=\"c\"><error/></testcase><testcase name=\"d\"><skipped/>"
                "</testcase></testsuite>",
                "@ok a\n@fail x.b\n@fail c\n@skip d\n", "verdicts in XML are misread");
    expect_read("junit $file",
                "<testsuites><testsuite name=\"s\"><testcase group=\"g.h\" name=\"a\"/>"
                "<testcase group=\"i\" name=\"a\"><failure/></testcase><testcase name=\"a\"/>"
                "</testsuite></testsuites>",
                "@ok s.g.h.a\n@fail s.i.a\n@ok s.a\n", "nobody knows in which group a test failed");
}

/* ---- The tables ---- */

Test(suites, take_from_another_entry_what_is_not_in_theirs)
{
    struct outcome outcome = run_words(
        NULL, NULL, NULL, "bash", "-euc",
        ". tests/strangers/table.sh\n"
        "suites_table=$(mktemp)\n"
        "printf '[a]\nleast 1\nsource x\nrun\n\tone\n\ttwo\n[b]\nlike a\nleast 2\n"
        "[c]\nlike b\nsource\n[d]\nleast 3\n' >$suites_table\n"
        "for suite in a b c d; do\n"
        "    for key in least source run; do echo $suite $key: $(value $suite $key); done\n"
        "done\n"
        "rm $suites_table",
        NULL);

    cr_assert_str_eq(outcome.out,
                     "a least: 1\na source: x\na run: one two\n"
                     "b least: 2\nb source: x\nb run: one two\n"
                     "c least: 2\nc source:\nc run: one two\n"
                     "d least: 3\nd source:\nd run:\n",
                     "a suite runs with another's words: %s%s", outcome.out, outcome.err);
    outcome_free(&outcome);
}

static void expect_none(const char *script, const char *lost)
{
    struct outcome outcome = run_words(NULL, NULL, NULL, "bash", "-c", script, NULL);

    cr_assert_eq(outcome.exit_code, 0, "%s", outcome.err);
    cr_assert_str_eq(outcome.out, "", "%s: %s", lost, outcome.out);
    outcome_free(&outcome);
}

Test(suites, have_all_that_is_needed_to_run_them)
{
    expect_none(". tests/strangers/table.sh\n"
                "for suite in $(all_suites); do\n"
                "    for key in minutes release packages least run; do\n"
                "        [ -n \"$(value $suite $key)\" ] || echo $suite: no $key\n"
                "    done\n"
                "    value $suite run | sh -n || echo $suite: no script\n"
                "    value $suite prepare | sh -n || echo $suite: no script\n"
                "done",
                "an entry cannot be run");
}

Test(suites, are_told_in_the_documentation)
{
    expect_none(". tests/strangers/table.sh\n"
                "for suite in $(all_suites); do\n"
                "    grep -q \"^| .$suite. |\" tests/README.md || echo $suite\n"
                "done",
                "a reader does not learn that a suite is run, and what came of it");
}

Test(differences, have_their_reasons)
{
    expect_none("awk '/^#/ { next }\n"
                "     /^\\t/ { untold = \"\"; next }\n"
                "     NF == 0 { if (untold) print untold; untold = \"\"; next }\n"
                "     { untold = $0; if (NF < 5) print }\n"
                "     END { if (untold) print untold }' tests/strangers/differences.table",
                "a difference is passed over and nobody knows why");
}
