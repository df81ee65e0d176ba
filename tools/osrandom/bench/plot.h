/*
 * Draws lines into an SVG file, through gnuplot.
 */
#ifndef OSRANDOM_BENCH_PLOT_H
#define OSRANDOM_BENCH_PLOT_H

#include <stdbool.h>
#include <stddef.h>

enum { BENCH_MOST_POINTS = 32 };

struct bench_look {
    const char *colour; /* "#rrggbb" */
    double width;
    bool dashed;
};

struct bench_line {
    const char *title; /* no quotes in it */
    struct bench_look look;
    double x[BENCH_MOST_POINTS], y[BENCH_MOST_POINTS];
    size_t count;
};

/* The horizontal axis is always logarithmic. */
struct bench_chart {
    const char *title, *x, *y;
    bool y_is_log, x_in_bytes;
    const struct bench_line *lines;
    size_t line_count;
};

void bench_line_add(struct bench_line *line, double x, double y);

/* False if gnuplot is missing or fails. */
bool bench_plot(const char *file, const struct bench_chart *chart);

#endif
