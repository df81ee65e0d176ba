/*
 * What `osrandom bench` has measured, and the forms in which it tells.
 */
#ifndef OSRANDOM_BENCH_RESULTS_H
#define OSRANDOM_BENCH_RESULTS_H

#include <stdbool.h>
#include <stddef.h>

enum {
    BENCH_STOCK,
    BENCH_CONFIGURED, /* stock with the OPENSSL_CONF that osrandom was started with */
    BENCH_SHIM,
    BENCH_SHIM_SYSTEM, /* with OSRANDOM_SOURCE=getrandom, as on kernels without the vDSO's call */
    BENCH_VDSO,
    BENCH_SYSCALL,
    BENCH_KINDS
};
enum { BENCH_MOST_ROWS = 32 };

struct bench_row {
    size_t size;                /* bytes a draw */
    unsigned int threads;       /* 0: the values are nanoseconds a draw; else draws a second */
    double values[BENCH_KINDS]; /* -1: there is no such thing here */
    int chosen;                 /* the shim draws this size by BENCH_VDSO or BENCH_SYSCALL */
};

struct bench_results {
    char openssl[128], libcrypto[256], kernel[160];
    const char *conf; /* OPENSSL_CONF; NULL: none */
    long processors;
    struct bench_row rows[BENCH_MOST_ROWS];
    size_t row_count;
};

void bench_print_table(const struct bench_results *results);
void bench_print_json(const struct bench_results *results);

/* False if it cannot be drawn. */
bool bench_draw(const struct bench_results *results, const char *file);

#endif
