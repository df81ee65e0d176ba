/*
 * Runs a program as a child and keeps all that it does in sight of a user: what it says, how it
 * ends, and which descriptors it and its children hold at their ends.
 */
#ifndef OSRANDOM_TESTS_APPS_WATCHED_H
#define OSRANDOM_TESTS_APPS_WATCHED_H

struct watched {
    int status;        /* as waitpid() gives it */
    char *out, *err;   /* standard output and standard error */
    char *descriptors; /* a line each: the process, the number, what is behind it; sorted */
};

/* root is what it takes for /, and its directory is /tmp there. A traced program: a setuid bit
 * counts for nothing. */
struct watched watch(const char *root, const char *preload, const char *const *argv);
void watched_free(struct watched *watched);

#endif
