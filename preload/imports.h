/*
 * All that the shim may call in its host's C library. Every one is weak and unversioned, so that
 * one file loads on any glibc, on musl and in a program that has no C library: any of them may be
 * NULL, and the caller says what happens then.
 */
#ifndef OSRANDOM_IMPORTS_H
#define OSRANDOM_IMPORTS_H

#if defined(_WIN32)
#include <stdlib.h> /* a module for Windows is linked to its C library */
#else

#include <link.h>
#include <stddef.h>
#include <sys/auxv.h>
#include <time.h>

extern char **environ;
extern char *program_invocation_short_name;

int *__errno_location(void);
void *malloc(size_t size);
void *realloc(void *block, size_t size);
void free(void *block);
void abort(void) __attribute__((noreturn));

#pragma weak environ
#pragma weak program_invocation_short_name
#pragma weak __errno_location
#pragma weak malloc
#pragma weak realloc
#pragma weak free
#pragma weak abort
#pragma weak getauxval
#pragma weak dl_iterate_phdr
#pragma weak time

/* The host's errno, to be put back after functions of the host were called. */
static inline int errno_kept(void)
{
    return __errno_location ? *__errno_location() : 0;
}

static inline void errno_put_back(int kept)
{
    if (__errno_location)
        *__errno_location() = kept;
}

#endif

#endif
