/*
 * A library whose function is chosen by an IFUNC resolver that asks getenv(), as some chip- or
 * allocator-dependent libraries do, and getpid(): it runs while the loader is still relocating
 * objects.
 */
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

int early_answer(void);
const char *early_text(void);

static int found(void)
{
    return 1;
}

static int not_found(void)
{
    return 2;
}

int (*choose(void))(void);

int (*choose(void))(void)
{
    if (getpid() != (pid_t)syscall(SYS_getpid))
        abort();
    return getenv("OPENSSL_ia32cap") || getenv("EARLY_SETTING") ? found : not_found;
}

/* Of no other object's concern, so it is resolved when this one is relocated, before the shim is.
 */
static int chosen(void) __attribute__((ifunc("choose")));

int early_answer(void)
{
    return chosen();
}

const char *early_text(void)
{
    const char *text = getenv("EARLY_SETTING");

    return text ? text : "(null)";
}
