/*
 * What plugin.c offers its host.
 */
#ifndef OSRANDOM_TESTS_PLUGIN_H
#define OSRANDOM_TESTS_PLUGIN_H

/* A call that is made as the last thing of a function, and what its answer is: the own OpenSSL's,
 * or another's. NULL ends the list. */
struct tail {
    const char *name;
    void *(*call)(void);
    const char *(*is)(void *got);
};

extern const struct tail tails[];

void run(void);

/* Keeps an address where one of its own was. */
void keep(const void *address);

#endif
