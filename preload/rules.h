/*
 * What /etc/osrandom.conf says of a program: osrandom.conf(5). The shim and the command osrandom
 * read it by this, so that they agree; it asks nothing of a C library.
 *
 * Of several lines that fit the program and name a setting, the last one holds.
 */
#ifndef OSRANDOM_RULES_H
#define OSRANDOM_RULES_H

#include <stdbool.h>
#include <stddef.h>

#include "setting_words.h"

#define RULES_FILE "/etc/osrandom.conf"

enum { RULES_LARGEST_FILE = 16384, RULES_LONGEST_LINE = 511 }; /* bytes */

struct rule {
    unsigned int line; /* where it stands; 0: nothing is said of this setting */
    unsigned int value;
    bool is_final; /* the environment has no say */
};

struct rules {
    /* Whether the path at the beginning of a line is the program's; not asked without such lines.
     */
    bool (*is_program)(const char *path, void *context);
    void *context;
    struct rule of[SETTINGS];
    unsigned int wrong; /* the line that is not understood; 0: all are so far */
    /* The line that is being read. */
    unsigned int line;
    size_t length;
    char text[RULES_LONGEST_LINE + 1];
};

/* The next bytes of the file; rules begin as zeros, but for the first two members. */
void rules_add(struct rules *rules, const char *bytes, size_t count);

/* There are no more. The rules hold if nothing is wrong. */
void rules_end(struct rules *rules);

#endif
