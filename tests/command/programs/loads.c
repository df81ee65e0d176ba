/*
 * A library that loads another by name: WHAT, or what its caller says.
 */
#include <dlfcn.h>
#include <stddef.h>

#ifndef WHAT
#define WHAT NULL
#endif

void *loads(const char *name);

void *loads(const char *name)
{
    return dlopen(WHAT ? WHAT : name, RTLD_NOW);
}
