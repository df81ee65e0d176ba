/*
 * What OpenSSL asks the C library: getenv(), for the signal that one was just mapped (its
 * initialiser asks for OPENSSL_ia32cap, or what it is called on another machine, before dlopen()
 * returns), and getpid(), for those that know a fork by nothing else. Both are called early in a
 * child by most programs, before it makes threads: that is when to see that it has none.
 */
#include "activate.h"
#include "find.h"
#include "guard.h"
#include "imports.h"
#include "interpose.h"
#include "libcrypto.h"
#include "linux_syscall.h"
#include "shim.h"
#include "status.h"

static bool is_signal(const char *name)
{
    static const char start[] = "OPENSSL_";
    size_t length = 0;

    while (start[length])
        if (name[length] != start[length])
            return false;
        else
            length++;
    while (name[length])
        length++;
    return length >= sizeof(start) + 2 && name[length - 3] == 'c' && name[length - 2] == 'a' &&
           name[length - 1] == 'p';
}

static char *find_in_environment(const char *name)
{
    if (!&environ || !environ)
        return NULL;
    for (char **entry = environ; *entry; entry++) {
        size_t length = 0;

        while (name[length] && (*entry)[length] == name[length])
            length++;
        if (name[length] == '\0' && length && (*entry)[length] == '=')
            return *entry + length + 1;
    }
    return NULL;
}

/*
 * Another library's IFUNC resolver may call it while the loader is still at work on the shim: then
 * it touches nothing that needs relocation. NULL is what the C library's own getenv() answers at
 * that moment, before it has been given the environment.
 */
char *getenv(const char *name)
{
    getenv_function *next;

    if (!shim_is_relocated())
        return NULL;
    status_look();
    if (is_signal(name)) {
        shim_start();
        activate_initialising(CALLER, name);
    }
    next = find_getenv();
    return next ? next(name) : find_in_environment(name);
}

/* What code under guard is told. Where such an object lay, code of another one may lie by then. */
static int number_for(const struct libcrypto *libcrypto, int real)
{
    int told = guard_number(real);

    return told == real || libcrypto_is_still(libcrypto) ? told : real;
}

/* Needs no relocation until there is another to ask. */
int getpid(void)
{
    const struct libcrypto *libcrypto = guard_is_up() ? libcrypto_around(CALLER) : NULL;
    getpid_function *next = find_getpid();

    status_look();
    if (libcrypto && libcrypto->pin == PIN_GUARDED)
        return number_for(libcrypto, (int)linux_syscall(SYS_getpid));
    return next ? next() : (int)linux_syscall(SYS_getpid);
}
