/*
 * What compilers call without being asked: they may turn a structure's copy or a loop into these,
 * and a shared object without DT_NEEDED has to bring them. Hidden, so no host ever sees them.
 */
#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t length);
void *memmove(void *to, const void *from, size_t length);
void *memset(void *memory, int byte, size_t length);
int memcmp(const void *one, const void *other, size_t length);

void *memcpy(void *restrict to, const void *restrict from, size_t length)
{
    unsigned char *t = to;
    const unsigned char *f = from;

    while (length--)
        *t++ = *f++;
    return to;
}

void *memmove(void *to, const void *from, size_t length)
{
    unsigned char *t = to;
    const unsigned char *f = from;

    if (t <= f) {
        while (length--)
            *t++ = *f++;
        return to;
    }
    while (length--)
        t[length] = f[length];
    return to;
}

void *memset(void *memory, int byte, size_t length)
{
    unsigned char *m = memory;

    while (length--)
        *m++ = (unsigned char)byte;
    return memory;
}

int memcmp(const void *one, const void *other, size_t length)
{
    const unsigned char *o = one;
    const unsigned char *p = other;

    for (; length--; o++, p++)
        if (*o != *p)
            return *o - *p;
    return 0;
}

#if defined(__arm__)
/* libgcc's division asks for it when it is given a 0, which it never is here. */
int raise(int signal);

int raise(int signal)
{
    (void)signal;
    __builtin_trap();
}
#endif
