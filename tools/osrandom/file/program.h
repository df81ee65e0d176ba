/*
 * Finds the file that a name would start, as execvp(3) does, and follows its #! line to the
 * interpreter that the kernel would run.
 */
#ifndef OSRANDOM_PROGRAM_H
#define OSRANDOM_PROGRAM_H

#include <stdbool.h>

struct program {
    char *path;              /* the file that the name means; NULL if there is none */
    char *interpreter;       /* at the end of its #! lines; NULL if it has none */
    bool takes_preload_away; /* a #! line clears LD_PRELOAD, or sets it to something else */
    char *error;             /* why the file, or the interpreter, cannot be looked at; or NULL */
};

/* Never NULL. A directory's file is found whether or not it may be executed. */
struct program *program_find(const char *name);
void program_free(struct program *program);

#endif
