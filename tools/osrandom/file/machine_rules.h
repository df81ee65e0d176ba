/*
 * What /etc/osrandom.conf will say to the shim, which reads it by the same rules.h.
 */
#ifndef OSRANDOM_MACHINE_RULES_H
#define OSRANDOM_MACHINE_RULES_H

#include <stdbool.h>

#define MACHINE_RULES "/etc/osrandom.conf"

struct machine_mode {
    unsigned int line; /* 0: it says nothing of the mode */
    const char *word;  /* "builtin" */
    bool is_final;     /* OSRANDOM_MODE has no say */
};

/* The mode of the program whose file this is; links in the path are followed. */
struct machine_mode machine_mode_of(const char *path);

/* Why the shim will not use the file, a clause in memory that free() takes; NULL if it will, or if
 * there is none. */
char *machine_rules_trouble(void);

#endif
