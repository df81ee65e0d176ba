/*
 * The kernel's own getrandom() in the vDSO (since Linux 6.11), called as it is: what the shim is
 * measured against, and tried by. vgetrandom in the kernel's documentation tells of the call.
 */
#ifndef OSRANDOM_BASE_BARE_VDSO_H
#define OSRANDOM_BASE_BARE_VDSO_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { BARE_VDSO_PAGE = 4096 }; /* what a state has to itself; it needs less */

struct bare_vdso {
    ssize_t (*call)(void *buffer, size_t length, unsigned int flags, void *state,
                    size_t state_size);
    size_t state_size;
    int mmap_protection, mmap_flags; /* of a state's memory, as the kernel asks for */
};

extern struct bare_vdso bare_vdso;

/* To be called before the others, once; false if this machine has no such call. Not thread-safe. */
bool bare_vdso_find(void);

/* A page for a state, which one thread may draw with at a time; to be given to munmap(). NULL if
 * there is no memory or no such call. */
void *bare_vdso_state(void);

/* False if the call fails, or gives less. Inline, for nothing is to stand between who measures and
 * the call. */
static inline bool bare_vdso_draw(void *state, void *buffer, size_t size)
{
    return bare_vdso.call &&
           bare_vdso.call(buffer, size, 0, state, bare_vdso.state_size) == (ssize_t)size;
}

#endif
