/*
 * The words in which osrandom status tells what it found, to people and to machines.
 */
#ifndef OSRANDOM_STATUS_WORDS_H
#define OSRANDOM_STATUS_WORDS_H

#include <stdbool.h>
#include <time.h>

#include "process/look.h"

struct tally {
    unsigned int states[LOOK_STATES], self_reported;
};

/* "not covered"; "uncovered". */
const char *state_for_people(const struct look *look);
const char *state_for_machines(const struct look *look);

/* As OSRANDOM_MODE and OSRANDOM_SOURCE have them; NULL: no shim is there, or nothing has been drawn
 * from a source yet. */
const char *mode_of(const struct look *look);
const char *source_of(const struct look *look);

/* "/etc/osrandom.conf:3", the line that decided on its mode, or else on another setting; NULL: none
 * did. Good until the next call. */
const char *rule_of(const struct look *look);

/* ---- status_table.c ---- */

/* Words with commas in between, such as "pid,unit,state"; false at one that is no column. */
bool table_choose(const char *columns);

/* The words that there are, with commas in between. */
const char *table_columns(void);

/* Rows are kept until table_print(), since the widest decides on the columns' widths. */
void table_add(const struct look *look);
void table_print(const struct tally *tally);

/* ---- status_json.c ---- */

/* One object in one line. */
void json_print(const struct look *look);

/* The line that ends a round. */
void json_print_end(const struct tally *tally, unsigned int round, time_t began, int status);

#endif
