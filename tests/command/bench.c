/*
 * osrandom bench: its figures are measured, its picture is drawn, and what is missing is named.
 */
#include <criterion/criterion.h>
#include <jansson.h>
#include <string.h>

#include "words.h"

TestSuite(bench, .fini = clean_up);

static double number_in(const json_t *row, const char *key)
{
    return json_number_value(json_object_get(row, key));
}

/* The source that the shim has on this machine: the kernel's vDSO, or the system call. */
static double bare(const json_t *row)
{
    double vdso = number_in(row, "vdso_ns");

    return vdso > 0 ? vdso : number_in(row, "getrandom_ns");
}

static const json_t *row_of(const json_t *figures, size_t bytes)
{
    const json_t *rows = json_object_get(figures, "draws"), *row;
    size_t i;

    json_array_foreach(rows, i, row) if (number_in(row, "bytes") == (double)bytes) return row;
    cr_assert_fail("%zu bytes are not measured", bytes);
    return NULL;
}

/* Each column was measured, by draws of the size that it names. How fast they are is no test. */
static void expect_measured(const json_t *figures)
{
    static const char *const columns[] = {"stock_ns", "shim_ns", "shim_getrandom_ns",
                                          "getrandom_ns"};
    const json_t *small = row_of(figures, 16), *large = row_of(figures, 1048576);

    for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
        double before = number_in(small, columns[i]), after = number_in(large, columns[i]);

        cr_expect(before > 0 && after > before, "%s: %g for 16 bytes, %g for 1 MiB", columns[i],
                  before, after);
    }
    cr_expect(bare(small) > 0, "the shim's source is not measured by itself");
    cr_expect_str_eq(json_string_value(json_object_get(small, "chosen")),
                     number_in(small, "vdso_ns") > 0 ? "vdso" : "getrandom",
                     "16 bytes are not drawn by the call that saves a system call");
    cr_expect(json_is_null(json_object_get(small, "configured_ns")),
              "without OPENSSL_CONF there is nothing to compare with");
    cr_expect_float_eq(number_in(small, "faster"),
                       number_in(small, "stock_ns") / number_in(small, "shim_ns"), 0.01);
}

static void expect_threads(const json_t *figures)
{
    const json_t *rows = json_object_get(figures, "threads"), *row;
    size_t i;

    cr_expect(json_array_size(rows) >= 2, "one number of threads is no comparison");
    json_array_foreach(rows, i, row)
    {
        cr_expect(number_in(row, "stock_per_second") > 0 && number_in(row, "shim_per_second") > 0,
                  "nothing was drawn by %g threads", number_in(row, "threads"));
    }
}

Test(bench, measures_each_side)
{
    struct outcome outcome = shell("unset OPENSSL_CONF; exec \"$OSRANDOM\" bench --json", "", NULL);
    json_t *figures = json_loads(outcome.out, 0, NULL);

    expect(&outcome, 0, NULL, "", "it does not measure");
    cr_assert(figures, "no JSON: %s", outcome.out);
    cr_expect(strstr(json_string_value(json_object_get(figures, "openssl")), "OpenSSL "));
    expect_measured(figures);
    expect_threads(figures);
    json_decref(figures);
    outcome_free(&outcome);
}

/* Its columns and lines are one more: OpenSSL as OPENSSL_CONF has it. */
Test(bench, prints_a_table_and_draws_a_picture)
{
    struct outcome outcome =
        shell("command -v gnuplot >/dev/null || exit 99\n"
              ": >\"$1.cnf\"\n"
              "OPENSSL_CONF=$1.cnf \"$OSRANDOM\" bench --plot \"$1\" >\"$1.table\" &&\n"
              "cat \"$1.table\" && grep -q \"^OPENSSL_CONF=$1.cnf\" \"$1.table\" &&\n"
              "grep -q '^ *16 .*[0-9] ns  *[0-9.]* ns  *[0-9.]* ns' \"$1.table\" &&\n"
              "[ \"$(grep -c '<title>gnuplot_plot_' \"$1\")\" -ge 5 ] && grep -q '</svg>' \"$1\"",
              text_format("%s/draws.svg", directory()), NULL);

    if (outcome.exit_code == 99)
        cr_skip_test("gnuplot is not installed");
    expect(&outcome, 0, "\n   1 MiB ", "", "a row or the picture is not there");
    outcome_free(&outcome);
}

Test(bench, names_what_it_cannot_do_before_it_measures)
{
    struct outcome outcome = osrandom(NULL, "bench", "--plot", "/nowhere/draws.svg", NULL);

    expect(&outcome, 125, "", "osrandom bench: /nowhere/draws.svg cannot be written: ",
           "the picture's directory does not exist");
    outcome_free(&outcome);
    outcome = osrandom(NULL, "bench", "16", NULL);
    expect(&outcome, 125, "", "it takes no argument such as '16'", "an argument is dropped");
    outcome_free(&outcome);
    outcome = osrandom(NULL, "bench", "--plto", NULL);
    expect(&outcome, 125, "", "--plto", "an unknown option is dropped");
    outcome_free(&outcome);
    outcome = shell("exec \"$1\" bench", copy_of(built("osrandom"), "osrandom", 0755), NULL);
    expect(&outcome, 125, "", "osrandom bench: libosrandom_preload.so is neither beside this",
           "it measures without the shim");
    outcome_free(&outcome);
}
