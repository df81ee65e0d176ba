/*
 * The table that the model is: a row is a system call that the shim makes, its columns say which
 * row comes next for each kind of answer.
 */
#ifndef OSRANDOM_TESTS_TABLE_H
#define OSRANDOM_TESTS_TABLE_H

#include <stddef.h>

#include "plan.h"
#include "random.h"

/* clang-format off */
enum step {
    NEVER, /* the call cannot come back so */

    /* A source's rows end here. */
    DONE,      /* it has started; or it has served these bytes of a draw */
    FAILED,    /* it failed with the errno that the last call but close() had; a draw goes on after EINTR */
    EMPTY,     /* it failed with EIO, for it served nothing */
    NO_MEMORY, /* it failed with ENOMEM, whatever the call said */
    NO_DEVICE, /* it failed with ENODEV */
    NO_CALL,   /* it failed with ENOSYS */

    /* A choice without a call. */
    FOUND,  /* the vDSO has a getrandom() (Linux 6.11): VDSO_POOL; else NO_CALL */
    KEYED,  /* the vDSO has a key, and serves whole draws without calls from now on */
    OPENED, /* descriptor 0, 1 or 2? they are a program's: LOW_MOVE; else OURS */
    FIRST,  /* the first use of the device in this process waits for a seed: SEED_OPEN; else READY */
    READY,  /* the descriptor is kept; a start ends, a draw goes on with READ */

    ROWS, /* Those with calls. */
    COUNTERS = ROWS, COUNTERS_WIPE,
    RULES,
    VDSO_PROBE, VDSO_POOL, VDSO_KEY, VDSO_BARE,
    GETRANDOM_PROBE, GETRANDOM, GETRANDOM_WAIT,
    GETENTROPY,
    CHECK, OPEN, LOW_MOVE, LOW_CLOSE, LOW_LOST, OURS, NOT_OURS, READ,
    SEED_OPEN, SEED_CHECK, SEED_POLL, SEED_WAIT, SEED_CLOSE,
    SAY, SAY_POLL, SAY_PENDING, SAY_BLOCK, SAY_WRITE, SAY_TAKE, SAY_UNBLOCK,
    STEPS,
};

enum column { WHOLE, PART, ZERO, INTERRUPTED, UNSEEDED, ERROR, OTHER, COLUMNS };

struct row {
    const char *name;
    enum call call;
    enum step next[COLUMNS];
    size_t size;   /* asked for; 0: what is left of the draw, if it is a call that serves bytes */
};

extern const struct row table[STEPS];

/* The sources in their order. A draw's first row is another one once there is a key, or a descriptor. */
struct source_rows {
    enum random_source source;
    enum step start, draw, later_draw;
    size_t alone; /* larger draws are made by GETRANDOM every other time, to be timed; 0: none are */
    size_t piece; /* the largest that is asked for at once; 0: no limit */
};

enum { SOURCES = 4 };
extern const struct source_rows sources[SOURCES];
/* clang-format on */

#endif
