/*
 * The exported status block. The shim uses it under a hidden name: of two shims in one process, the
 * second would otherwise write into the first one's block.
 */
#include "status.h"

#include <linux/mman.h>
#include <stdatomic.h>
#include <stddef.h>

#include "apart.h"
#include "libcrypto.h"
#include "linux_syscall.h"
#include "settings.h"

static struct osrandom_status block = {
    .magic = {'o', 's', 'r', 'a', 'n', 'd', 'o', 'm'},
    .layout = OSRANDOM_STATUS_LAYOUT,
    .size = sizeof(block),
};

extern struct osrandom_status osrandom_status
    __attribute__((alias("block"), visibility("default")));

static struct osrandom_counters counters_without_memory APART(6);
static struct osrandom_counters *_Atomic counters = &counters_without_memory;

_Static_assert((int)OSRANDOM_STATUS_LIBCRYPTOS == (int)MOST_LIBCRYPTOS, "one entry each");

struct osrandom_counters *status_counters(void)
{
    return counters;
}

/* A child knows how many its ancestors had. */
static uint32_t next_life(void)
{
    static _Atomic uint32_t last;

    return atomic_fetch_add(&last, 1) + 1;
}

/* Needs no relocation. */
static bool is_started(void)
{
    return __atomic_load_n(&block.counters, __ATOMIC_ACQUIRE) != 0;
}

void status_start(void)
{
    struct osrandom_counters *none = &counters_without_memory, *memory;

    if (is_started())
        return;
    memory = linux_mmap(sizeof(*memory), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS);
    if (!linux_mmap_failed(memory)) {
        linux_syscall(SYS_madvise, memory, sizeof(*memory), MADV_WIPEONFORK);
        memory->life = next_life(); /* written before it is read: one page fault and not two */
        if (!atomic_compare_exchange_strong(&counters, &none, memory))
            linux_syscall(SYS_munmap, memory, sizeof(*memory));
    }
    __atomic_store_n(&block.counters, (uintptr_t)counters, __ATOMIC_RELEASE);
}

/* ---- Lives ---- */

/* glibc 2.32: whether the process has had one thread only, and its ancestors too. */
extern char __libc_single_threaded;
#pragma weak __libc_single_threaded

/* In common memory, and so a child's as well: since which life every fork was by an only thread,
 * and whether the process had one only when this was last asked. */
static _Atomic uint32_t undisturbed_since;
static _Atomic bool had_one_thread;

static bool has_one_thread(void)
{
    return &__libc_single_threaded && __libc_single_threaded;
}

/* In the new process. One that has made a thread itself may have had it from nobody: then the
 * parent counts, as it was when last seen. A child has only the thread that has forked, with the
 * number of the process. */
static bool was_forked_by_only_thread(void)
{
    return has_one_thread() ||
           (had_one_thread && linux_syscall(SYS_gettid) != linux_syscall(SYS_getpid));
}

/* The life, and above it since when forks are undisturbed. */
static uint64_t begin_life(struct osrandom_counters *here)
{
    uint64_t none = 0, begun = next_life();

    begun |= (begun == 1 || was_forked_by_only_thread() ? undisturbed_since : begun) << 32;
    if (!__atomic_compare_exchange_n(&here->life, &none, begun, false, __ATOMIC_ACQ_REL,
                                     __ATOMIC_ACQUIRE))
        begun = none;
    undisturbed_since = (uint32_t)(begun >> 32);
    return begun;
}

static uint64_t look(void)
{
    struct osrandom_counters *here = counters;
    uint64_t begun = __atomic_load_n(&here->life, __ATOMIC_ACQUIRE);
    bool one;

    if (begun == 0)
        begun = begin_life(here);
    one = has_one_thread();
    /* Threads share the line: it is written when it changes. */
    // cppcheck-suppress duplicateConditionalAssign
    if (had_one_thread != one)
        had_one_thread = one;
    return begun;
}

uint32_t status_life(void)
{
    return (uint32_t)look();
}

bool status_is_undisturbed_since(uint32_t life)
{
    return life >= (uint32_t)(look() >> 32);
}

void status_look(void)
{
    if (is_started())
        look();
}

/* Two threads may be at it, and a reader outside: no value is ever seen half written. */
#define SET(field, value) __atomic_store_n(&(field), (value), __ATOMIC_RELAXED)

void status_update(void)
{
    SET(block.mode, settings.mode);
    SET(block.source, random_source());
    SET(block.rule, settings.rule);
    SET(block.ruled, settings.ruled);
    for (size_t i = 0; i < MOST_LIBCRYPTOS; i++) {
        const struct libcrypto *libcrypto = libcrypto_at(i);
        int pin = !libcrypto ? PIN_NONE : libcrypto->is_given ? PIN_GIVEN : libcrypto->pin;

        if (libcrypto && libcrypto->pin == PIN_FOREIGN)
            continue;
        SET(block.libcrypto[i].base, libcrypto_start(i));
        SET(block.libcrypto[i].version, libcrypto ? libcrypto->version : 0);
        SET(block.libcrypto[i].pin, pin < 0 ? PIN_TRYING : (uint32_t)pin);
        SET(block.method[i], libcrypto && !libcrypto->is_closed ? (uintptr_t)libcrypto->method : 0);
    }
}
