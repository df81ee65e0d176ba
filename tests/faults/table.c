/*
 * See table.h: this is what the shim is to do when its system calls fail.
 */
#include "table.h"

/* clang-format off */
const struct row table[STEPS] = {
#define ROW(row, call, size, ...) [row] = {#row, call, {__VA_ARGS__}, size}
/*                                            whole        part        zero        EINTR           EAGAIN          another errno   another file */
/* The counters of the status block: without memory of their own they lie in the shim's. */
ROW(COUNTERS,        CALL_MMAP,           0,  COUNTERS_WIPE, NEVER,    NEVER,      NEVER,          DONE,           DONE),
ROW(COUNTERS_WIPE,   CALL_MADVISE,        0,  DONE,        NEVER,      NEVER,      NEVER,          NEVER,          DONE),

/* /etc/osrandom.conf: without it there is nothing to say; what keeps it from being read is told. */
ROW(RULES,           CALL_OPEN_RULES,     0,  DONE,        NEVER,      NEVER,      FAILED,         NEVER,          FAILED),

/* Start of the vDSO, and its draws: it asks for a key, and hands the draw to the system call without one. Large
 * ones are also made by the system call, as GETRANDOM has it. */
ROW(VDSO_PROBE,      CALL_GETRANDOM,      1,  FOUND,       FOUND,      FOUND,      FAILED,         FOUND,          FAILED),
ROW(VDSO_POOL,       CALL_MMAP,           0,  DONE,        NEVER,      NEVER,      NEVER,          NO_MEMORY,      NO_MEMORY),
ROW(VDSO_KEY,        CALL_GETRANDOM_WAIT, 32, KEYED,       VDSO_BARE,  VDSO_BARE,  VDSO_BARE,      VDSO_BARE,      VDSO_BARE),
ROW(VDSO_BARE,       CALL_GETRANDOM,      0,  DONE,        DONE,       EMPTY,      FAILED,         FAILED,         FAILED),

ROW(GETRANDOM_PROBE, CALL_GETRANDOM,      1,  DONE,        DONE,       DONE,       FAILED,         DONE,           FAILED),
ROW(GETRANDOM,       CALL_GETRANDOM,      0,  DONE,        DONE,       EMPTY,      FAILED,         GETRANDOM_WAIT, FAILED),
ROW(GETRANDOM_WAIT,  CALL_GETRANDOM_WAIT, 0,  DONE,        DONE,       EMPTY,      FAILED,         FAILED,         FAILED),

/* The C library's, which goes on by itself; 1 byte to start, at most 256 bytes at once to draw. */
ROW(GETENTROPY,      CALL_GETRANDOM_WAIT, 0,  DONE,        GETENTROPY, EMPTY,      GETENTROPY,     FAILED,         FAILED),

/* A draw looks first whether the kept descriptor is the device still. */
ROW(CHECK,           CALL_FSTAT,          0,  READ,        NEVER,      NEVER,      NEVER,          NEVER,          OPEN,           OPEN),
ROW(OPEN,            CALL_OPEN_URANDOM,   0,  OPENED,      NEVER,      NEVER,      FAILED,         FAILED,         FAILED),
ROW(LOW_MOVE,        CALL_FCNTL,          0,  LOW_CLOSE,   NEVER,      NEVER,      NEVER,          NEVER,          LOW_LOST),
ROW(LOW_CLOSE,       CALL_CLOSE,          0,  OURS,        NEVER,      NEVER,      OURS,           NEVER,          OURS),
ROW(LOW_LOST,        CALL_CLOSE,          0,  FAILED,      NEVER,      NEVER,      FAILED,         NEVER,          FAILED),
ROW(OURS,            CALL_FSTAT,          0,  FIRST,       NEVER,      NEVER,      NEVER,          NEVER,          NOT_OURS,       NOT_OURS),
ROW(NOT_OURS,        CALL_CLOSE,          0,  NO_DEVICE,   NEVER,      NEVER,      NO_DEVICE,      NEVER,          NO_DEVICE),
ROW(READ,            CALL_READ,           0,  DONE,        DONE,       EMPTY,      FAILED,         FAILED,         FAILED),

/* Whether there is a seed is asked of /dev/random; where that cannot be asked, nobody waits. */
ROW(SEED_OPEN,       CALL_OPEN_RANDOM,    0,  SEED_CHECK,  NEVER,      NEVER,      READY,          NEVER,          READY),
ROW(SEED_CHECK,      CALL_FSTAT,          0,  SEED_POLL,   NEVER,      NEVER,      NEVER,          NEVER,          SEED_CLOSE,     SEED_CLOSE),
ROW(SEED_POLL,       CALL_POLL_SEED,      0,  SEED_CLOSE,  NEVER,      SEED_WAIT,  SEED_CLOSE,     NEVER,          SEED_CLOSE),
ROW(SEED_WAIT,       CALL_READ_SEED,      1,  SEED_CLOSE,  SEED_CLOSE, SEED_CLOSE, SEED_WAIT,      SEED_CLOSE,     SEED_CLOSE),
ROW(SEED_CLOSE,      CALL_CLOSE,          0,  READY,       NEVER,      NEVER,      READY,          NEVER,          READY),

/* A line on standard error, if that is the file that it was, takes output, and no signal can come of it. */
ROW(SAY,             CALL_FSTAT_STDERR,   0,  SAY_POLL,    NEVER,      NEVER,      NEVER,          NEVER,          DONE,           DONE),
ROW(SAY_POLL,        CALL_POLL_STDERR,    0,  SAY_PENDING, NEVER,      DONE,       DONE,           NEVER,          DONE),
ROW(SAY_PENDING,     CALL_SIGPENDING,     0,  SAY_BLOCK,   NEVER,      NEVER,      NEVER,          NEVER,          DONE),
ROW(SAY_BLOCK,       CALL_SIGMASK,        0,  SAY_WRITE,   NEVER,      NEVER,      NEVER,          NEVER,          DONE),
ROW(SAY_WRITE,       CALL_WRITE,          0,  SAY_UNBLOCK, SAY_UNBLOCK, SAY_UNBLOCK, SAY_TAKE,     SAY_TAKE,       SAY_TAKE),
ROW(SAY_TAKE,        CALL_SIGTAKE,        0,  SAY_UNBLOCK, NEVER,      NEVER,      SAY_UNBLOCK,    NEVER,          SAY_UNBLOCK),
ROW(SAY_UNBLOCK,     CALL_SIGMASK,        0,  DONE,        NEVER,      NEVER,      NEVER,          NEVER,          DONE),
#undef ROW
};

const struct source_rows sources[SOURCES] = {
    {RANDOM_VDSO,       VDSO_PROBE,      VDSO_KEY,   KEYED,      128, 0},
    {RANDOM_GETRANDOM,  GETRANDOM_PROBE, GETRANDOM,  GETRANDOM,  0,   0},
    {RANDOM_GETENTROPY, GETENTROPY,      GETENTROPY, GETENTROPY, 0,   256}, /* only if it was asked for */
    {RANDOM_URANDOM,    OPEN,            OPEN,       CHECK,      0,   0},
};
/* clang-format on */
