/*
 * The rows of a run: every way to use the shim that is tried, with every fault and pair of faults.
 */
#ifndef OSRANDOM_TESTS_ROWS_H
#define OSRANDOM_TESTS_ROWS_H

#include <stdbool.h>

#include "model.h"
#include "supervisor.h"

enum { USAGES = 6 };
extern const struct usage usages[USAGES]; /* their source is still to be set */

struct extent {
    size_t depth; /* faults in one run: 1, 2, 3 */
    bool far;     /* the second may come at any later call, not only at the next one */
    bool every;   /* with each errno, not one of each kind */
};

/* A row is a usage, a plan, and what the model says of them. Returns the number of rows. */
typedef void row_check(const struct usage *usage, const struct plan *plan,
                       const struct outcome_of_run *expected, void *context);
size_t rows_each(const struct usage *usage, const struct extent *extent, row_check *check,
                 void *context);

/* Whether a process did as the model says. Its trace's answers are not compared, they are the
 * plan's. */
bool row_agrees(const struct outcome_of_run *expected, const struct outcome_of_run *seen);

/* The row, what the model says and what was seen, on standard output. */
void row_tell(const struct usage *usage, const struct plan *plan,
              const struct outcome_of_run *expected, const struct outcome_of_run *seen);

/* Asked of the C library, whose own look-up is not the shim's. */
bool vdso_has_getrandom(void);

/* Takes the lines of the shim out of what a process said on standard error; the rest stays. */
void lines_of_shim(char *lines, struct supervised *seen, const char *program);

#endif
