/*
 * See results.h.
 */
#include "results.h"

#include <jansson.h>
#include <stdio.h>

#include "plot.h"

static const char *const names[BENCH_KINDS] = {"stock", "shim", "vdso", "getrandom"};

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

static void print_draw(const struct bench_row *row)
{
    char size[32], ns[BENCH_KINDS][16];

    for (size_t i = 0; i < BENCH_KINDS; i++)
        text_of_ns(ns[i], sizeof(ns[i]), row->values[i]);
    printf("%8s %9s %9s %9s %9s %8.2f %9.1f %8.1f\n", text_of_size(size, sizeof(size), row->size),
           ns[BENCH_STOCK], ns[BENCH_SHIM], ns[BENCH_VDSO], ns[BENCH_SYSCALL],
           row->values[BENCH_STOCK] / row->values[BENCH_SHIM],
           (double)row->size * 1e3 / row->values[BENCH_STOCK],
           (double)row->size * 1e3 / row->values[BENCH_SHIM]);
}

static void print_threads(const struct bench_row *row)
{
    printf("%8u %9.2f %9.2f", row->threads, row->values[BENCH_STOCK] / 1e6,
           row->values[BENCH_SHIM] / 1e6);
    for (size_t i = BENCH_VDSO; i <= BENCH_SYSCALL; i++)
        if (row->values[i] < 0)
            printf(" %9s", "-");
        else
            printf(" %9.2f", row->values[i] / 1e6);
    printf(" %8.2f\n", row->values[BENCH_SHIM] / row->values[BENCH_STOCK]);
}

void bench_print_table(const struct bench_results *results)
{
    printf("%s, %s\n%s, %ld processors\n\n", results->openssl, results->libcrypto, results->kernel,
           results->processors);
    printf("%8s %9s %9s %9s %9s %8s %9s %8s\n", "bytes", "OpenSSL", "shim", "vDSO", "getrandom",
           "faster", "OpenSSL", "shim");
    printf("%8s %9s %9s %9s %9s %8s %9s %8s\n", "", "", "", "(bare)", "(bare)", "(times)", "MB/s",
           "MB/s");
    for (size_t i = 0; i < results->row_count; i++)
        if (!results->rows[i].threads)
            print_draw(&results->rows[i]);
    printf("\n%8s %s\n", "threads",
           "  million draws of 32 bytes a second, of all threads together");
    for (size_t i = 0; i < results->row_count; i++)
        if (results->rows[i].threads)
            print_threads(&results->rows[i]);
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
    return object;
}

void bench_print_json(const struct bench_results *results)
{
    json_t *draws = json_array(), *threads = json_array();
    json_t *object =
        json_pack("{s:s, s:s, s:s, s:i, s:o, s:o}", "openssl", results->openssl, "libcrypto",
                  results->libcrypto, "kernel", results->kernel, "processors",
                  (int)results->processors, "draws", draws, "threads", threads);

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
        {.title = "OpenSSL's own generator", .look = {"#8c8c8c", 2, false}},
        {.title = "with the shim", .look = {"#1d4ed8", 3, false}},
        {.title = "bare vDSO call", .look = {"#15803d", 1.5, true}},
        {.title = "bare system call", .look = {"#d97706", 1.5, true}},
    };

    for (size_t i = 0; i < results->row_count; i++)
        for (size_t kind = 0; kind < BENCH_KINDS; kind++)
            if (!results->rows[i].threads && results->rows[i].values[kind] >= 0)
                bench_line_add(&lines[kind], (double)results->rows[i].size,
                               results->rows[i].values[kind]);
    return bench_plot(file, &(struct bench_chart){.title = results->openssl,
                                                  .x = "bytes drawn by one RAND_bytes()",
                                                  .y = "nanoseconds",
                                                  .y_is_log = true,
                                                  .x_in_bytes = true,
                                                  .lines = lines,
                                                  .line_count = BENCH_KINDS});
}
