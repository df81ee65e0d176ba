/*
 * The vDSO's getrandom(), Linux 6.11: no system call but to renew its key.
 *
 * It works on a state that the caller keeps. Here the states form a pool of slots, and a draw
 * takes a slot's one-word lock by compare-and-swap, passes to the next if it is busy, and leaves
 * the draw to the system call if all are. Nothing hangs on a thread's life, so there is no
 * thread-local storage, no exit hook and no atfork handler; a signal handler that interrupts a draw
 * finds the slot busy.
 *
 * The states lie in memory that the kernel wipes on fork and may drop; the locks must not. A lock
 * that fork wipes lets the child reuse the slot of the very draw that a forking signal handler
 * interrupted; a lock that is dropped lets two tasks share a state. A slot lost to a fork or to a
 * siglongjmp() out of a draw stays lost: that costs speed, no more.
 *
 * A large draw is made in pieces, each with whatever slot is free then, so that none is held for
 * long, and by the system call where that is the faster one: see linux_choice.h.
 */
#include <elf.h>
#include <errno.h>
#include <linux/random.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/auxv.h>
#include <sys/types.h>

#include "apart.h"
#include "elf_image.h"
#include "linux_choice.h"
#include "linux_slot.h"
#include "linux_syscall.h"
#include "linux_ticks.h"
#include "source.h"

#pragma weak getauxval

enum {
    CACHE_LINE = 64,
    LARGEST_STATE = 4096, /* the smallest page: a state must not cross one */
    PIECE = 16 << 10,     /* 20 to 50 microseconds; larger ones are no faster */
};

/* Filled in by the call itself when it is given a state size of ~0 (linux/random.h has it since
 * 6.11, as struct vgetrandom_opaque_params). */
struct parameters {
    uint32_t state_size;
    uint32_t mmap_protection;
    uint32_t mmap_flags;
    uint32_t reserved[13];
};

typedef ssize_t vdso_getrandom(void *buffer, size_t length, unsigned int flags, void *state,
                               size_t state_size);

static struct {
    _Alignas(CACHE_LINE) _Atomic uint32_t busy;
    uint32_t draws; /* the holder's, as are the state and the stripe of tallies */
} slots[SLOTS] APART(5);

static struct choice choices[CHOICE_CLASSES];

static vdso_getrandom *vdso_call;
static size_t state_size;
static unsigned char *states; /* one a slot, a power of two apart */
static unsigned int states_shift;

#if defined(__powerpc__)
/* Its vDSO tells an error by a condition bit, which C does not see: EPERM would pass for one byte
 * (arch/powerpc/kernel/vdso/getrandom.S). */
static vdso_getrandom *find_call(void)
{
    return NULL;
}
#else
/* x86, RISC-V and LoongArch have it by the first name, arm64 and s390 by the second: vdso(7). */
static vdso_getrandom *find_call(void)
{
    const ElfW(Ehdr) *vdso = getauxval ? (const ElfW(Ehdr) *)getauxval(AT_SYSINFO_EHDR) : NULL;
    struct elf_image image;
    void *call;

    if (!vdso || !elf_image_read_at(&image, vdso))
        return NULL;
    call = elf_image_symbol(&image, "__vdso_getrandom");
    return call ? call : elf_image_symbol(&image, "__kernel_getrandom");
}
#endif

__attribute__((cold)) static int start(void)
{
    struct parameters parameters = {0};
    vdso_getrandom *call = find_call();
    unsigned int shift = 0;
    unsigned char *memory;
    int error = linux_getrandom.start(); /* the vDSO gets its keys by this system call */

    if (error)
        return error;
    if (!call || call(NULL, 0, 0, &parameters, ~(size_t)0) != 0 || parameters.state_size == 0 ||
        parameters.state_size > LARGEST_STATE)
        return ENOSYS;
    while ((size_t)1 << shift < parameters.state_size)
        shift++;
    memory = linux_mmap((size_t)SLOTS << shift, (int)parameters.mmap_protection,
                        (int)parameters.mmap_flags);
    if (linux_mmap_failed(memory))
        return ENOMEM;

    states = memory;
    states_shift = shift;
    state_size = parameters.state_size;
    vdso_call = call;
    return 0;
}

static size_t favourite_slot(void)
{
    const char here = 0;

    return slot_of_stack((uintptr_t)&here);
}

static bool take(size_t slot)
{
    uint32_t idle = 0;

    return atomic_compare_exchange_strong_explicit(&slots[slot].busy, &idle, 1,
                                                   memory_order_acquire, memory_order_relaxed);
}

static void give_back(size_t slot)
{
    atomic_store_explicit(&slots[slot].busy, 0, memory_order_release);
}

static long draw_from(size_t slot, void *buffer, size_t length)
{
    return vdso_call(buffer, length, GRND_NONBLOCK, states + (slot << states_shift), state_size);
}

/* In the stripe that goes with the slot. */
static void count(size_t slot, bool draw, size_t bytes)
{
    struct random_tally *tally = &random_stripes[slot];

    __atomic_store_n(&tally->draws, tally->draws + draw, __ATOMIC_RELAXED);
    __atomic_store_n(&tally->bytes, tally->bytes + bytes, __ATOMIC_RELAXED);
}

/* With any slot that is free. whole is the length that makes this the last piece of a draw. */
static long draw_by_vdso(unsigned char *buffer, size_t length, size_t whole, bool *again)
{
    size_t slot = favourite_slot();
    size_t tried = 0;
    long got;

    while (!take(slot)) {
        if (++tried == SLOTS)
            return -EAGAIN;
        slot = (slot + 1) % SLOTS;
    }
    got = draw_from(slot, buffer, length);
    if (got > 0)
        count(slot, (size_t)got == whole, (size_t)got);
    *again = ++slots[slot].draws % CHOICE_DRAWS == 0;
    give_back(slot);
    return got;
}

static long draw_by_system(unsigned char *buffer, size_t length, size_t whole, bool *again)
{
    static _Atomic uint32_t draws;
    long got = linux_getrandom.draw(buffer, length);

    if (got > 0)
        random_count((size_t)got, (size_t)got == whole);
    *again = (atomic_fetch_add_explicit(&draws, 1, memory_order_relaxed) + 1) % CHOICE_DRAWS == 0;
    return got;
}

/* A piece of it, but for a system call that is known to be the faster one. */
static long draw_by_choice(unsigned char *buffer, size_t length)
{
    struct choice *choice = &choices[choice_class(length)];
    const struct choice_turn turn = choice_next(choice);
    const bool by_vdso = turn.call == CHOICE_VDSO;
    const size_t piece = length > PIECE && (by_vdso || turn.timed) ? PIECE : length;
    const uint64_t before = turn.timed ? ticks() : 0;
    bool again = false;
    long got = (by_vdso ? draw_by_vdso : draw_by_system)(buffer, piece, length, &again);

    if (turn.timed && got == (long)piece)
        choice_note(choice, turn.call, piece, ticks() - before);
    if (again)
        choice_again(choice);
    return got;
}

static long draw(unsigned char *buffer, size_t length)
{
    bool unused;

    return length > CHOICE_ABOVE ? draw_by_choice(buffer, length)
                                 : draw_by_vdso(buffer, length, length, &unused);
}

/* Up to PIECE bytes come whole: a part is thrown away, for a fork may come before the next. */
__attribute__((noinline)) static int fill_slowly(void *buffer, size_t length)
{
    long got = length - 1 < PIECE ? draw(buffer, length) : ASK_AGAIN;

    if (got == (long)length)
        return 0;
    return random_fill_after(&linux_vdso, got <= 0 ? got : ASK_AGAIN, buffer, length);
}

/* The short cut of small draws, which come whole also across a fork. Registers are saved after the
 * slot is taken, for a lock waits until all that was written before is in the cache: so what
 * follows is not inlined. A draw of nothing is none at all. */
__attribute__((noinline)) static int fill_from(void *buffer, size_t length, size_t slot)
{
    long got = draw_from(slot, buffer, length);

    if (got == (long)length)
        count(slot, true, length);
    give_back(slot);
    return got == (long)length ? 0 : random_fill_after(&linux_vdso, got, buffer, length);
}

static int fill(void *buffer, size_t length)
{
    const size_t slot = favourite_slot();

    return length - 1 < CHOICE_ABOVE && take(slot) ? fill_from(buffer, length, slot)
                                                   : fill_slowly(buffer, length);
}

const struct source linux_vdso = {
    .kind = RANDOM_VDSO, .counts = true, .start = start, .draw = draw, .fill = fill};
