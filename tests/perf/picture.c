/*
 * See picture.h. Every stock generation has a line; the shim's is drawn once, with the OpenSSL that
 * is listed in the middle, for it is the same in all.
 */
#include "picture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/compare.h"
#include "bench/plot.h"
#include "speed.h"
#include "table.h"
#include "trees.h"

enum { MOST_TREES = 8, MOST_LINES = MOST_TREES + 4, SIZES = 21, COUNTS = 7 };
enum { ROUNDS = 21, WINDOWS = 25 };

struct subject {
    const char *title;
    struct bench_worker *worker;
    const char *task;
    struct bench_look look;
};

static struct subject subjects[MOST_LINES];
static size_t subject_count;

static void add(const char *title, struct bench_worker *worker, const char *task,
                struct bench_look look)
{
    subjects[subject_count++] = (struct subject){title, worker, task, look};
}

static bool add_all(const char *const *trees)
{
    static const char *const greys[] = {"#c9c9c9", "#aaaaaa", "#8c8c8c", "#6e6e6e", "#505050"};
    const struct tree *last = NULL;
    struct bench_worker *shim, *by_system;
    size_t count = 0;

    for (; trees[count] && count < sizeof(greys) / sizeof(greys[0]); count++) {
        const struct tree *tree = tree_named(trees[count]);

        if (!tree) {
            fprintf(stderr, "%s has not been fetched; tests/support/trees get does that\n",
                    trees[count]);
            return false;
        }
        add(text_format("OpenSSL %s", tree->version), worker_of(tree, NULL, NULL), "draw",
            (struct bench_look){greys[count], 1.5, false});
        if (!last || strcmp(trees[count], "openssl-3.5") == 0)
            last = tree;
    }
    shim = worker_of(last, the_shim(), NULL);
    by_system = worker_of(last, the_shim(), "getrandom");
    add("bare system call", shim, "syscall", (struct bench_look){"#d97706", 1.5, true});
    add("bare vDSO call", shim, "vdso", (struct bench_look){"#15803d", 1.5, true});
    add("the shim, by the system call", by_system, "draw",
        (struct bench_look){"#60a5fa", 3, false});
    add(text_format("the shim, in OpenSSL %s", last->version), shim, "draw",
        (struct bench_look){"#1d4ed8", 3, false});
    return true;
}

/* Every point of every line, all of them in turn, so that a busy moment bends no line. */
static bool measure(struct bench_line *lines, bool threads, size_t points)
{
    static struct bench_side sides[MOST_LINES * SIZES];
    struct bench_side *pointers[MOST_LINES * SIZES];
    size_t count = subject_count * points;

    for (size_t i = 0; i < count; i++) {
        const struct subject *subject = &subjects[i % subject_count];
        size_t step = (size_t)1 << i / subject_count;

        sides[i] = (struct bench_side){.worker = subject->worker,
                                       .task = subject->task,
                                       .size = threads ? 32 : step,
                                       .threads = threads ? (unsigned int)step : 0};
        pointers[i] = &sides[i];
    }
    if (!bench_alternate(pointers, count, threads ? WINDOWS : ROUNDS, threads ? 30 : 2))
        return false;
    for (size_t i = 0; i < subject_count; i++)
        lines[i] = (struct bench_line){.title = subjects[i].title, .look = subjects[i].look};
    for (size_t i = 0; i < count; i++)
        bench_line_add(&lines[i % subject_count], (double)((size_t)1 << i / subject_count),
                       threads ? bench_best(sides[i].values, sides[i].count, true) / 1e6
                               : bench_median(sides[i].values, sides[i].count));
    return true;
}

static bool picture_draws(const char *directory)
{
    static struct bench_line lines[MOST_LINES];
    char *file = text_format("%s/draws.svg", directory);

    return measure(lines, false, SIZES) &&
           bench_plot(file, &(struct bench_chart){.title = "Time of one RAND_bytes()",
                                                  .x = "bytes drawn",
                                                  .y = "nanoseconds",
                                                  .y_is_log = true,
                                                  .x_in_bytes = true,
                                                  .lines = lines,
                                                  .line_count = subject_count});
}

static bool picture_threads(const char *directory)
{
    static struct bench_line lines[MOST_LINES];
    char *file = text_format("%s/threads.svg", directory);
    char *title =
        text_format("RAND_bytes(32) in threads, %ld processors", sysconf(_SC_NPROCESSORS_ONLN));

    return measure(lines, true, COUNTS) &&
           bench_plot(file, &(struct bench_chart){.title = title,
                                                  .x = "threads",
                                                  .y = "million draws a second, all threads",
                                                  .lines = lines,
                                                  .line_count = subject_count});
}

int picture_all(const char *directory, const char *const *trees)
{
    if (add_all(trees) && picture_draws(directory) && picture_threads(directory))
        return 0;
    fprintf(stderr, "no pictures; are gnuplot and all trees here?\n");
    return 1;
}
