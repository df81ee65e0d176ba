/*
 * The asking end of the benchmark: keeps measuring processes alive (measure.h), alternates
 * between them, and makes figures of their answers. `osrandom bench` and tests/perf share it.
 */
#ifndef OSRANDOM_BENCH_COMPARE_H
#define OSRANDOM_BENCH_COMPARE_H

#include <stdbool.h>
#include <stddef.h>

/* ---- Measuring processes ---- */

struct bench_worker;

/* Starts one; preload is its LD_PRELOAD, source its OSRANDOM_SOURCE, conf its OPENSSL_CONF; NULL
 * for none. Other OSRANDOM_* are not handed on, so that the shim is measured with its defaults.
 * NULL if it cannot be started. */
struct bench_setting {
    const char *preload, *source, *conf;
};
struct bench_worker *bench_worker_start(const char *const *argv,
                                        const struct bench_setting *setting);
void bench_worker_stop(struct bench_worker *worker);

/* Sends a command line as of printf(), and returns the answer; -1 if there is none. */
double bench_ask(struct bench_worker *worker, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* ---- Comparing ---- */

enum { BENCH_MOST_ROUNDS = 1000 };

/* One side of a comparison. */
struct bench_side {
    struct bench_worker *worker;
    const char *task;
    size_t size;
    unsigned int threads; /* 0: nanoseconds a call; else calls a second of so many threads */
    /* Filled in. */
    unsigned long calls; /* in a batch; 0: to be found */
    double values[BENCH_MOST_ROUNDS];
    size_t count;
};

/* Measures the sides in turn, rounds times, each for so many milliseconds at a time. False if one
 * of them cannot be measured. Adds to what the sides hold already. */
bool bench_alternate(struct bench_side *const *sides, size_t count, size_t rounds,
                     unsigned int milliseconds);

/* ---- Figures ---- */

double bench_median(const double *values, size_t count);
double bench_mean(const double *values, size_t count);
double bench_best(const double *values, size_t count, bool largest);

/* Half the distance between the quartiles, as a share of the median. */
double bench_spread(const double *values, size_t count);

/* The square of the mean's standard error, as a share of the mean. */
double bench_error_squared(const double *values, size_t count);

/* The median of the quotients, round by round: what slows a moment down slows both sides down. */
double bench_quotient(const struct bench_side *one, const struct bench_side *other);

#endif
