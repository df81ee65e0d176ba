/*
 * The OSRANDOM_* variables and /etc/osrandom.conf, read once; libosrandom_preload(8) tells what
 * each does.
 */
#ifndef OSRANDOM_SETTINGS_H
#define OSRANDOM_SETTINGS_H

#include "rules.h"
#include "status.h" /* enum mode */

enum on_replace { REPLACE_IGNORE, REPLACE_FAIL, REPLACE_ABORT, REPLACE_ALLOW };
enum on_failure { FAILURE_ERROR, FAILURE_ABORT };
enum log_level { LOG_WARN, LOG_QUIET, LOG_INFO };

struct settings {
    unsigned int mode;       /* enum mode */
    unsigned int source;     /* enum random_source */
    unsigned int on_replace; /* enum on_replace */
    unsigned int on_failure; /* enum on_failure */
    unsigned int log;        /* enum log_level */
    unsigned int rule;       /* as in the status block */
    unsigned int ruled;
};

extern struct settings settings;

/* Reads the environment, not at all in a set-user-ID program (AT_SECURE). */
void settings_read(void);

/* What /etc/osrandom.conf says, SETTINGS of them: the environment comes first, but where it is
 * final. */
void settings_take(const struct rule *rules);

/* One line, the first time, for each value that settings_read() did not know; the default is used
 * then. */
void settings_report(void);

#endif
