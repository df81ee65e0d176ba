/*
 * The two halves of the soaking client: handshakes, and a look at the server's processes.
 */
#ifndef OSRANDOM_TESTS_SOAK_H
#define OSRANDOM_TESTS_SOAK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { RANDOM_LENGTH = 32, MOST_HANDSHAKES = 4000000, MOST_WORKERS = 32 };

struct handshakes {
    int port;
    unsigned char (*randoms)[RANDOM_LENGTH]; /* the servers', room for MOST_HANDSHAKES */
    atomic_size_t done, failed;
    atomic_size_t cut;  /* failed, and a worker was killed meanwhile */
    atomic_uint killed; /* counts up before a worker is killed, and again when it is gone */
    atomic_bool stop;
};

/* A thread's: full handshakes, one after the other. */
void *handshakes_make(void *handshakes);

/* How many of them have another's ServerHello.random; sorts them. */
size_t handshakes_repeated(struct handshakes *handshakes);

/* A process's own memory in KiB, and its descriptors; 0 if it is gone. */
size_t process_memory(pid_t process);
size_t process_descriptors(pid_t process);

/* The processes whose parent it is; returns how many. */
size_t process_children(pid_t process, pid_t children[MOST_WORKERS]);

#endif
