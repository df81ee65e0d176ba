/*
 * What is found in a process, and what follows from it.
 */
#ifndef OSRANDOM_VERDICT_H
#define OSRANDOM_VERDICT_H

#include "look.h"
#include "status_block.h"

struct findings {
    pid_t pid;
    struct look *look;
    enum block_result result;
    struct block status;
    unsigned int reachable, pinned, hidden, closed, fips, guarded;
    const char *closed_name; /* "BoringSSL" */
    const char *unread;      /* of one that was judged by its name: see mapped.h */
    const char *wrong;       /* what is wrong with the shim that it shows */
};

/* The shim that is ours, or NULL. Once, first. */
void verdict_start(const char *shim);

/* Fills in the state, and why it is so; and the figures. */
void verdict_conclude(struct findings *findings, struct process *process);

/* A state that needs no findings. */
void verdict_say(struct look *look, enum look_state state, const char *why);

#endif
