/*
 * A library whose initialiser puts the file REPLACE_BY in the place of REPLACE. What needs it is
 * mapped by then, and not initialised yet.
 */
#include <stdio.h>
#include <stdlib.h>

__attribute__((constructor)) static void replace(void)
{
    const char *by = getenv("REPLACE_BY"), *path = getenv("REPLACE");

    if (by && path && rename(by, path) != 0)
        abort();
}
