/*
 * What stands around the command: its man pages and its completion.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "words.h"

TestSuite(pages, .fini = clean_up);

Test(pages, are_clean_mdoc)
{
    /* which other pages this machine has is not their fault */
    struct outcome outcome = shell(
        "command -v mandoc >/dev/null || exit 99\n"
        "mandoc -Tlint tools/man/*.[58] 2>&1 | grep -vE 'outdated mandoc.db|not found: Xr' || :\n"
        "sed -n 's/^.Xr \\([a-z_.]*osrandom[a-z_.]*\\) \\([58]\\).*/\\1.\\2/p' tools/man/* |\n"
        "    while read -r page; do test -e tools/man/$page || echo no $page; done",
        NULL);

    if (outcome.exit_code == 99)
        cr_skip_test("mandoc is not installed");
    expect(&outcome, 0, "", "", "the man pages have faults");
    outcome_free(&outcome);
}

Test(pages, tell_of_every_option_and_every_value)
{
    struct outcome outcome = shell(
        "for word in run explain status reseed system; do\n"
        "    for option in $(\"$OSRANDOM\" $word --help | grep -o -- '^ *--[a-z-]*' | tr -d -); "
        "do\n"
        "        tr -d - <tools/man/osrandom.8 | grep -q \"Fl $option\" || echo \"no $option\"\n"
        "    done\n"
        "done\n"
        "for word in OSRANDOM_MODE activate register builtin reseed OSRANDOM_SOURCE auto vdso "
        "getrandom\\\n"
        "    getentropy urandom OSRANDOM_ON_REPLACE ignore fail abort allow OSRANDOM_ON_FAILURE "
        "error\\\n"
        "    OSRANDOM_LOG warn quiet info; do\n"
        "    grep -qE \"^.It (Ev|Cm) $word\" tools/man/libosrandom_preload.8 || echo \"no $word\"\n"
        "    grep -qF \"\\`$word\\`\" README.md || echo \"no $word in README.md\"\n"
        "done",
        NULL);

    expect(&outcome, 0, "", "", "something is not explained");
    outcome_free(&outcome);
}

/* ---- Completion ---- */

static void expect_completed(const char *line, const char *word, bool wanted)
{
    struct outcome outcome = shell(
        "[ -e /usr/share/bash-completion/bash_completion ] || exit 99\n"
        "exec bash -c '. /usr/share/bash-completion/bash_completion; . tools/completion/osrandom\n"
        "COMP_LINE=$1 COMP_POINT=${#1}; read -ra COMP_WORDS <<<\"$1\"\n"
        "[[ $1 != *\" \" ]] || COMP_WORDS+=(\"\")\n"
        "COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); COMPREPLY=(); _osrandom\n"
        "printf \"<%s>\\n\" \"${COMPREPLY[@]}\"' bash \"$1\"",
        line, NULL);

    if (outcome.exit_code == 99)
        cr_skip_test("bash-completion is not installed");
    cr_expect_eq(strstr(outcome.out, text_format("<%s>", word)) != NULL, wanted,
                 "'%s' is completed to %s%s", line, outcome.out, outcome.err);
    outcome_free(&outcome);
}

Test(pages, complete_subcommands_options_and_values)
{
    expect_completed("osrandom ", "explain", true);
    expect_completed("osrandom st", "status", true);
    expect_completed("osrandom st", "run", false);
    expect_completed("osrandom run --on-r", "--on-replace", true);
    expect_completed("osrandom run --on-replace ", "allow", true);
    expect_completed("osrandom run --mode b", "builtin", true);
    expect_completed("osrandom status --", "--json", true);
    expect_completed("osrandom explain --", "--json", true);
    expect_completed("osrandom run --str", "--strict", true);
    expect_completed("osrandom status ", "1", true);
    expect_completed("osrandom status --pro", "--prometheus", true);
    expect_completed("osrandom system ", "try", true);
    expect_completed("osrandom reseed --wa", "--watch", true);
    expect_completed("osrandom status --wh", "--why", true);
    expect_completed("osrandom status --user ro", "root", true);
    expect_completed("osrandom status --columns pid,us", "pid,user", true);
}

Test(pages, complete_programs_and_leave_their_options_to_them)
{
    expect_completed("osrandom run --mode builtin opens", "openssl", true);
    expect_completed("osrandom run opens", "openssl", true);
    expect_completed("osrandom explain opens", "openssl", true);
    expect_completed("osrandom run openssl --mo", "--mode", false);
    expect_completed("osrandom run -- openssl --mo", "--mode", false);
}
