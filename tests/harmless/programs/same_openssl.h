/*
 * Which OpenSSL a call has reached: the one that this object's other calls reach, or another.
 */
#ifndef OSRANDOM_TESTS_SAME_OPENSSL_H
#define OSRANDOM_TESTS_SAME_OPENSSL_H

#include <dlfcn.h>
#include <openssl/bn.h>
#include <stddef.h>

/* The function of that name in the OpenSSL that the loader has bound BN_new() to, past any shim. */
static inline void *in_own_openssl(const char *name)
{
    Dl_info info;
    void *library, *found;

    if (dladdr((void *)BN_new, &info) == 0)
        return NULL;
    library = dlopen(info.dli_fname, RTLD_NOW | RTLD_NOLOAD);
    if (!library)
        return NULL;
    found = dlsym(library, name);
    dlclose(library);
    return found;
}

static inline const char *compared(const void *got, const void *own)
{
    if (!got)
        return "NULL";
    return got == own ? "own" : "another's";
}

#endif
