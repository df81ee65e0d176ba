/*
 * A running program that waits: programs/held.c, or another that prints a line when it is ready.
 */
#ifndef OSRANDOM_TESTS_COMMAND_HELD_H
#define OSRANDOM_TESTS_COMMAND_HELD_H

#include <stdbool.h>
#include <sys/types.h>

struct held {
    pid_t pid;
    char text[16]; /* its number, for a command's words */
    int input, output;
};

/* Starts it with these variables and words, and waits for its first line. The words end with NULL.
 */
struct held held_start(const char *const *env, const char *const *words);

/* held_start() of the host's own OpenSSL, with the shim or without, and one word behind. */
struct held held_with(const char *preload, const char *word);

/* The next line that it prints, into line; false at the end. */
bool held_line(const struct held *held, char *line, int room);

/* Ends it. */
void held_end(struct held *held);

#endif
