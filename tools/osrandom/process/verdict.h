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
    struct block_provider provider; /* is_there: and nothing is wrong with it */
    bool has_false_provider;        /* one that was passed over */
    unsigned int reachable, pinned, hidden, closed, fips, guarded;
    unsigned int provided;   /* neither pinned nor guarded, and drawing from the provider */
    const char *closed_name; /* "BoringSSL" */
    const char *unread;      /* of one that was judged by its name: see mapped.h */
    const char *wrong;       /* what is wrong with the shim that it shows */
};

/* The shim and the module that are ours, or NULL. Once, first. */
void verdict_start(const char *shim, const char *module);

/* Passes a provider over that is not what it shows. */
void verdict_on_provider(struct findings *findings, struct process *process);

/* Fills in the state, and why it is so; and the figures. */
void verdict_conclude(struct findings *findings, struct process *process);

/* A state that needs no findings. */
void verdict_say(struct look *look, enum look_state state, const char *why);

#endif
