/*
 * A preloaded library that counts the walks over the loader's list of objects, whoever makes them.
 */
#include <dlfcn.h>
#include <link.h>

typedef int callback(struct dl_phdr_info *, size_t, void *);

long walks_counted(void);

static _Atomic long walks;

int dl_iterate_phdr(callback *call, void *context)
{
    static int (*_Atomic real)(callback *, void *);

    if (!real)
        real = (int (*)(callback *, void *))dlsym(RTLD_NEXT, "dl_iterate_phdr");
    walks++;
    return real(call, context);
}

long walks_counted(void)
{
    return walks;
}
