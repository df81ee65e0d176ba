/*
 * The table that the benchmark prints: what, stock, shim, ratio, target and verdict a row.
 */
#ifndef OSRANDOM_PERF_TABLE_H
#define OSRANDOM_PERF_TABLE_H

#include "bench/compare.h"
#include "text.h"

/* A figure and what it is measured by. */
struct target {
    double limit; /* 0: none, the row is for information */
    bool at_most; /* otherwise: at least */
    const char *text;
    const char *excuse; /* what keeps the figure from its target, if it is not the shim; or NULL */
    bool lowered;       /* limit is what the excuse leaves of the target, and must be reached */
};

static inline struct target at_most(double limit, const char *text)
{
    return (struct target){.limit = limit, .at_most = true, .text = text};
}

static inline struct target at_least(double limit, const char *text)
{
    return (struct target){.limit = limit, .text = text};
}

/* Where the machine allows less than the target asked for: what it does allow. */
static inline struct target at_least_the_limit(double limit, const char *text, const char *excuse)
{
    return (struct target){.limit = limit, .text = text, .excuse = excuse, .lowered = true};
}

static inline struct target for_information(const char *text)
{
    return (struct target){.text = text};
}

void table_head(void);
void table_group(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* error is added to the figure's credit before it is judged. */
void table_row(const char *what, const char *stock, const char *shim, const char *ratio,
               double figure, double error, struct target target);

/* For what could not be measured. */
void table_gap(const char *what, const char *reason);

/* 1 if a figure missed its target by more than a quarter without an excuse, or could not be
 * measured. */
int table_exit_status(void);

/* Texts of figures, in memory that free() takes. */
char *text_of_ns(const struct bench_side *side);   /* median and spread */
char *text_of_mean(const struct bench_side *side); /* mean and standard error */
char *text_of_rate(double rate);

#endif
