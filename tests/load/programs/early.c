/*
 * A library that chooses its function while the loader is still relocating, and asks getenv() for
 * advice: the shim's answers then, before the loader has come to the shim.
 */
#include <stdio.h>
#include <stdlib.h>

int early_answer(void);

static int one(void)
{
    return 1;
}

static int two(void)
{
    return 2;
}

__attribute__((used)) static int (*choose(void))(void)
{
    return getenv("OPENSSL_ia32cap") || getenv("NO_SUCH_NAME") ? two : one;
}

static int chosen(void) __attribute__((ifunc("choose")));

/* A use within the library: so its own relocation calls choose(). */
int early_answer(void)
{
    return chosen();
}
