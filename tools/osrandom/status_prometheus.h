/*
 * osrandom status as figures of a machine, in Prometheus's text format, for the textfile collector
 * of its node exporter.
 */
#ifndef OSRANDOM_STATUS_PROMETHEUS_H
#define OSRANDOM_STATUS_PROMETHEUS_H

#include <stdbool.h>
#include <stdint.h>

/* Of one process. */
struct metrics_process {
    const char *program; /* its path; may hold any byte */
    const char *state;   /* one of metrics_states, or NULL: not counted */
    bool has_openssl;    /* its program is named among the figures */
    uint64_t draws, failures, swaps;
};

/* Ends with NULL; each is told of, if there is no process in it too. */
extern const char *const metrics_states[];

void metrics_add(const struct metrics_process *process);

/* To standard output, or if output is not NULL to a file of that name, which is replaced when all
 * is written. shim is the installed one, or NULL. 0, or EXIT_OSRANDOM after a complaint. */
int metrics_write(const char *output, const char *shim);

#endif
