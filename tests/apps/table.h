/*
 * The table of programs: tests/apps/programs.table, whose head tells what it holds.
 */
#ifndef OSRANDOM_TESTS_APPS_TABLE_H
#define OSRANDOM_TESTS_APPS_TABLE_H

enum field { ROOT, NEEDS_FILE, PREPARE, START, READY, DRAW, FIELDS };

/* Each of the fields is a text with a newline at its end, or NULL. */
struct program {
    char *fields[FIELDS];
};

/* Ends the test if the table has no such entry or cannot be understood. */
struct program program_named(const char *name);
void program_free(struct program *program);

/* A file of tests/apps/, as a text. */
char *file_text(const char *name);

#endif
