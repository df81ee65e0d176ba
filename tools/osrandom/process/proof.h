/*
 * Whether what a process shows as the shim is the shim, byte for byte, as the loader makes it of
 * the file that we know: its code and constants unchanged, its pointers relocated to where it lies,
 * and the C library's functions bound to it. Where the file lies in that process does not matter.
 * The same of the module that OpenSSL loads.
 */
#ifndef OSRANDOM_PROOF_H
#define OSRANDOM_PROOF_H

#include "status_block.h"

enum proof_of { PROOF_SHIM, PROOF_MODULE, PROOF_KINDS };

/* Reads the one that we know; false if it cannot be read. Once each, first. */
bool proof_start(enum proof_of kind, const char *path);

/* Whether it is of the same build: only then the rest can be asked. */
bool proof_is_same_build(enum proof_of kind, const struct block *status);

/* NULL if the proof holds; else a clause that says what is wrong, static. */
const char *proof_fails(enum proof_of kind, struct process *process, const struct block *status);

#endif
