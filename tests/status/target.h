/*
 * A running tests/status/programs/target, or another program that waits for its standard input.
 */
#ifndef OSRANDOM_TESTS_TARGET_H
#define OSRANDOM_TESTS_TARGET_H

#include <sys/types.h>

#include "process/status_block.h"
#include "ways.h"

struct target {
    pid_t pid;
    int input, output;
};

/* Runs a program by the tree's loader (NULL: by the host's) and with these words behind it. */
struct target target_run(const struct tree *tree, const char *preload, const char *const *env,
                         const char *const *argv);

/* The program target in this way. */
struct target target_start(const struct way *way, const char *preload, const char *const *env);

/* A program without OpenSSL, waiting for input: cat(1). */
struct target target_plain(const char *preload);

/* Gives a command and waits for its answer; the test fails if there is none within 30 s. */
long target_ask(struct target *target, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The next line that it prints, as a number. */
long target_answer(const struct target *target);

/* Gives a command that is not answered. */
void target_tell(struct target *target, const char *command);

/* Closes its input, by which it ends, and waits for that; its exit status as wait(2) has it. */
int target_end(struct target *target);

/* block_of_pid(), which must find a block. */
struct block status_of(const struct target *target);

#endif
