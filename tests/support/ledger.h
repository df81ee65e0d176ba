/*
 * The proof that bytes seen from outside are bytes that the shim handed out.
 *
 * build/ledger/libosrandom_preload.so is the shim with one difference: it also writes every draw to
 * the file that OSRANDOM_LEDGER names. The file is mapped shared when the program starts, so that
 * draws are on record after a fork, in a chroot, under seccomp and as another user.
 */
#ifndef OSRANDOM_TESTS_LEDGER_H
#define OSRANDOM_TESTS_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LEDGER_SIZE = 64 << 20 };

struct ledger_file {
    _Atomic uint64_t used; /* bytes of draws; those that found no room are counted only */
    unsigned char draws[];
};

struct ledger {
    char path[64];
    char env[96]; /* "OSRANDOM_LEDGER=path", for struct command */
    struct ledger_file *file;
};

/* Makes an empty one, which any user may write. */
struct ledger *ledger_new(void);
void ledger_free(struct ledger *ledger);

/* The number of bytes handed out so far. */
size_t ledger_bytes(const struct ledger *ledger);

/* Whether these bytes were handed out in one piece. */
bool ledger_holds(const struct ledger *ledger, const void *bytes, size_t length);

/* The same for bytes in hexadecimal, colons and blanks passed over; false if they are none. */
bool ledger_holds_hex(const struct ledger *ledger, const char *hex);

#endif
