/*
 * What the shim is to do when its system calls fail: the calls that it makes and their order, what
 * the caller gets, which source serves, and what is printed. model.c has it as a table.
 */
#ifndef OSRANDOM_TESTS_MODEL_H
#define OSRANDOM_TESTS_MODEL_H

#include <stdbool.h>
#include <stddef.h>

#include "plan.h"
#include "random.h"

enum { MOST_DRAWS = 3, LONGEST_LINES = 1024 };

/* One way to use the shim. */
struct usage {
    const char *name;
    enum random_source source; /* OSRANDOM_SOURCE */
    enum world world;
    bool abort;               /* OSRANDOM_ON_FAILURE */
    bool low;                 /* descriptor 0 is closed: the next file would get its number */
    size_t draws[MOST_DRAWS]; /* their lengths, up to the first 0 */
};

/* What came of it; of the model, or of a process. */
struct outcome_of_run {
    struct trace trace;
    bool served[MOST_DRAWS];   /* the caller got 1, and not 0 */
    bool aborted;              /* the process was ended by SIGABRT */
    enum random_source source; /* the one that the next draw begins with */
    unsigned int failures;     /* counted for the status block */
    unsigned int tally;        /* draws that were counted there */
    char lines[LONGEST_LINES]; /* what was printed, without "osrandom: PROGRAM[PID]: " */
};

/* As OSRANDOM_SOURCE takes it, and as it is printed. */
const char *source_name(enum random_source source);

/* Whether this machine's vDSO has a getrandom(); the model goes by it. */
extern bool model_has_vdso;

/* Walks through the table. Notes which of its cells were used, for model_idle_cells(). */
void model_run(struct outcome_of_run *outcome, const struct usage *usage, const struct plan *plan);

/* The cells that no model_run() has used so far, as "ROW.column ROW.column"; "" if there are none.
 */
const char *model_idle_cells(void);

#endif
