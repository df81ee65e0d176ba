/*
 * See results.h.
 */
#include "results.h"

#include <jansson.h>
#include <stdio.h>

#include "plot.h"

static const char *const names[BENCH_KINDS] = {"stock",          "configured", "shim",
                                               "shim_getrandom", "vdso",       "getrandom"};

/* ---- For people ---- */

static const char *text_of_ns(char *text, size_t room, double ns)
{
    if (ns < 0)
        snprintf(text, room, "-");
    else if (ns < 9999.5)
        snprintf(text, room, "%.*f ns", ns < 99.95 ? 1 : 0, ns);
    else
        snprintf(text, room, ns < 9999500 ? "%.0f us" : "%.1f ms",
                 ns < 9999500 ? ns / 1e3 : ns / 1e6);
    return text;
}

static const char *text_of_size(char *text, size_t room, size_t size)
{
    if (size < 1024)
        snprintf(text, room, "%zu", size);
    else if (size < 1024 * 1024)
        snprintf(text, room, "%zu KiB", size >> 10);
    else
        snprintf(text, room, "%zu MiB", size >> 20);
    return text;
}

/* In the order of the columns; the one of OPENSSL_CONF only if there is one. */
static const int columns[] = {BENCH_STOCK,       BENCH_CONFIGURED, BENCH_SHIM,
                              BENCH_SHIM_SYSTEM, BENCH_VDSO,       BENCH_SYSCALL};
static const char *const heads[BENCH_KINDS][2] = {{"OpenSSL", ""},       {"OpenSSL", "(as conf)"},
                                                  {"shim", ""},          {"shim by", "getrandom"},
                                                  {"bare", "vDSO call"}, {"bare", "getrandom"}};

static bool is_shown(const struct bench_results *results, int kind)
{
    return kind != BENCH_CONFIGURED || results->conf;
}

static void print_heads(const struct bench_results *results, const char *what, const char *last[2])
{
    for (int line = 0; line < 2; line++) {
        printf("%8s", line ? "" : what);
        for (size_t i = 0; i < BENCH_KINDS; i++)
            if (is_shown(results, columns[i]))
                printf(" %9s", heads[columns[i]][line]);
        printf(" %s\n", last[line]);
    }
}

static void print_draw(const struct bench_results *results, const struct bench_row *row)
{
    char text[32];

    printf("%8s", text_of_size(text, sizeof(text), row->size));
    for (size_t i = 0; i < BENCH_KINDS; i++)
        if (is_shown(results, columns[i]))
            printf(" %9s", text_of_ns(text, sizeof(text), row->values[columns[i]]));
    printf(" %7.2f %8.1f  %s\n", row->values[BENCH_STOCK] / row->values[BENCH_SHIM],
           (double)row->size * 1e3 / row->values[BENCH_SHIM], names[row->chosen]);
}

static void print_threads(const struct bench_results *results, const struct bench_row *row)
{
    printf("%8u", row->threads);
    for (size_t i = 0; i < BENCH_KINDS; i++)
        if (is_shown(results, columns[i]) && row->values[columns[i]] < 0)
            printf(" %9s", "-");
        else if (is_shown(results, columns[i]))
            printf(" %9.2f", row->values[columns[i]] / 1e6);
    printf(" %7.2f\n", row->values[BENCH_SHIM] / row->values[BENCH_STOCK]);
}

void bench_print_table(const struct bench_results *results)
{
    printf("%s, %s\n%s, %ld processors\n", results->openssl, results->libcrypto, results->kernel,
           results->processors);
    if (results->conf)
        printf("OPENSSL_CONF=%s\n", results->conf);
    printf("\n");
    print_heads(results, "bytes",
                (const char *[]){" faster     shim  shim", "(times)     MB/s  draws by"});
    for (size_t i = 0; i < results->row_count; i++)
        if (!results->rows[i].threads)
            print_draw(results, &results->rows[i]);
    printf("\n%8s %s\n", "threads",
           "  million draws of 32 bytes a second, of all threads together");
    for (size_t i = 0; i < results->row_count; i++)
        if (results->rows[i].threads)
            print_threads(results, &results->rows[i]);
}

/* ---- For machines ---- */

static json_t *json_of_row(const struct bench_row *row)
{
    json_t *object = row->threads ? json_pack("{s:i, s:i}", "threads", (int)row->threads, "bytes",
                                              (int)row->size)
                                  : json_pack("{s:i}", "bytes", (int)row->size);
    double ratio = row->values[BENCH_STOCK] / row->values[BENCH_SHIM];

    for (size_t i = 0; i < BENCH_KINDS; i++) {
        char name[32];

        snprintf(name, sizeof(name), row->threads ? "%s_per_second" : "%s_ns", names[i]);
        json_object_set_new(object, name,
                            row->values[i] < 0 ? json_null() : json_real(row->values[i]));
    }
    json_object_set_new(object, "faster", json_real(row->threads ? 1 / ratio : ratio));
    if (!row->threads)
        json_object_set_new(object, "chosen", json_string(names[row->chosen]));
    return object;
}

void bench_print_json(const struct bench_results *results)
{
    json_t *draws = json_array(), *threads = json_array();
    json_t *object =
        json_pack("{s:s, s:s, s:s, s:s?, s:i, s:o, s:o}", "openssl", results->openssl, "libcrypto",
                  results->libcrypto, "kernel", results->kernel, "openssl_conf", results->conf,
                  "processors", (int)results->processors, "draws", draws, "threads", threads);

    for (size_t i = 0; i < results->row_count; i++)
        json_array_append_new(results->rows[i].threads ? threads : draws,
                              json_of_row(&results->rows[i]));
    json_dumpf(object, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
    putchar('\n');
    json_decref(object);
}

/* ---- As a picture ---- */

bool bench_draw(const struct bench_results *results, const char *file)
{
    static struct bench_line lines[BENCH_KINDS] = {
        [BENCH_STOCK] = {.title = "OpenSSL's own generator", .look = {"#8c8c8c", 2, false}},
        [BENCH_CONFIGURED] = {.title = "OpenSSL as OPENSSL_CONF says",
                              .look = {"#b91c1c", 2, false}},
        [BENCH_SHIM] = {.title = "with the shim", .look = {"#1d4ed8", 3, false}},
        [BENCH_SHIM_SYSTEM] = {.title = "with the shim, by getrandom",
                               .look = {"#60a5fa", 3, false}},
        [BENCH_VDSO] = {.title = "bare vDSO call", .look = {"#15803d", 1.5, true}},
        [BENCH_SYSCALL] = {.title = "bare system call", .look = {"#d97706", 1.5, true}},
    };
    struct bench_line shown[BENCH_KINDS];
    size_t count = 0;

    for (size_t i = 0; i < results->row_count; i++)
        for (size_t kind = 0; kind < BENCH_KINDS; kind++)
            if (!results->rows[i].threads && results->rows[i].values[kind] >= 0)
                bench_line_add(&lines[kind], (double)results->rows[i].size,
                               results->rows[i].values[kind]);
    for (size_t kind = 0; kind < BENCH_KINDS; kind++)
        if (lines[kind].count)
            shown[count++] = lines[kind];
    return bench_plot(file, &(struct bench_chart){.title = results->openssl,
                                                  .x = "bytes drawn by one RAND_bytes()",
                                                  .y = "nanoseconds",
                                                  .y_is_log = true,
                                                  .x_in_bytes = true,
                                                  .lines = shown,
                                                  .line_count = count});
}
