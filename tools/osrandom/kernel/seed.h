/*
 * Bytes to reseed the kernel with, and where they come from.
 *
 * They are secret as long as the kernel has not mixed them in: they lie in memory of their own that
 * is locked, left out of core dumps and of children, and wiped, are read without stdio, and are
 * never printed.
 */
#ifndef OSRANDOM_SEED_H
#define OSRANDOM_SEED_H

#include <stdbool.h>
#include <stddef.h>

enum {
    SEED_MOST = 65536,
    SEED_FROM_DEVICE = 512, /* beyond what a driver may have fetched before a snapshot */
    SEED_FROM_PORT = 32,    /* at least */
};

/* As RNDADDENTROPY takes it: struct rand_pool_info of linux/random.h. */
struct seed {
    int bits; /* to be credited */
    int length;
    unsigned char bytes[SEED_MOST];
};

/* An empty one. Without memory the program ends. */
struct seed *seed_new(void);

/* Nothing of it is left, and it can be filled anew. */
void seed_wipe(struct seed *seed);

/* Adds bytes; what does not fit is left out. */
void seed_add(struct seed *seed, const void *bytes, size_t length);

/*
 * Each of these adds what it reads and answers NULL, or a sentence why there is nothing, which
 * free() takes. None waits longer than so many seconds.
 *
 * A device is read for SEED_FROM_DEVICE bytes, everything else to its end.
 */
char *seed_read_file(struct seed *seed, const char *path, double seconds);
char *seed_read_input(struct seed *seed, double seconds);

/* From a virtio port: what is there, and at least SEED_FROM_PORT bytes. It stays open. */
char *seed_read_port(struct seed *seed, int port, const char *name, double seconds);

/* The text is overwritten, for it may be a word of the command line. */
char *seed_read_hex(struct seed *seed, char *text);

/* Whether standard input is something that gives bytes: neither a terminal nor another device. */
bool seed_has_input(void);

/* A virtio port by the name that the host gave it, or by its path: for reading and writing, without
 * blocking. -1 and a sentence, which free() takes, if it cannot be opened. */
int seed_open_port(const char *name, char **problem);

#endif
