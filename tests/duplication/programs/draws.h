/*
 * What a program may not share with its copy: one value of each kind that OpenSSL calls random.
 *
 * The values lie in memory that survives a fork, so that the first process prints those of all, one
 * "kind.number=hex" a line.
 */
#ifndef OSRANDOM_TESTS_DRAWS_H
#define OSRANDOM_TESTS_DRAWS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { DRAW_SIZE = 32, DRAW_KINDS = 5, CANNOT_RUN = 77 };

struct draws {
    unsigned char value[DRAW_KINDS][DRAW_SIZE];
};

/* Says why on standard output and ends with CANNOT_RUN: the test is then skipped with that. */
void cannot_run(const char *reason) __attribute__((noreturn));

/* Ends with 1 and a sentence about the step, unless it worked. */
void need(bool worked, const char *step);

/* OpenSSL as a server has it after a while: both generators in use, a key to sign with. */
void draws_prepare(void);

/* RAND_bytes, RAND_priv_bytes, an X25519 key (of P-256 where OpenSSL is in FIPS mode), the nonce of
 * an ECDSA signature by the prepared key (as its r), and the random of a TLS ClientHello. */
void draws_make(struct draws *draws);

/* The provider of the prepared key: "fips". "" before 3.0. */
const char *draws_provider(void);

/* Those of so many processes, numbered from first on. */
void draws_print(const struct draws *all, int first, int count);

/* Zeroed memory that forks share. */
void *shared_memory(size_t size);

/* A child that is process 1 of a PID namespace of its own, by the bare system call: 0 in it. */
pid_t fork_in_new_namespace(void);

/* Waits for a child that must end with exit code 0. */
void need_end(pid_t child, const char *who);

/* This very command for execv() of /proc/self/exe, loader included, with another last word. */
void own_command(char *words[], size_t room, char *last);

/* The number of equal neighbours after sorting, and of values that are all zero. */
struct tally {
    size_t duplicates, zeros;
};

struct tally tally_of(void *values, size_t count, size_t size);

#endif
