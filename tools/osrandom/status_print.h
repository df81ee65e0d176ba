/*
 * What osrandom status found, for people and for machines.
 */
#ifndef OSRANDOM_STATUS_PRINT_H
#define OSRANDOM_STATUS_PRINT_H

#include "process/look.h"

struct tally {
    unsigned int covered, self_reported, uncovered, guarded, no_openssl, not_permitted, gone,
        trouble;
};

void print_head(void);
void print_row(const struct look *look); /* at most 80 columns a line */
void print_summary(const struct tally *tally);

/* One object in one line. */
void print_json(const struct look *look);

#endif
