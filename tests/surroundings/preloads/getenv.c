/*
 * A second preloaded library that defines getenv() and asks nobody else.
 */
#include <stdlib.h>

char *getenv(const char *name)
{
    (void)name;
    return NULL;
}
