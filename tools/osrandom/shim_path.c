/*
 * Where the shim lies. /proc may be missing where this is an image's entrypoint: the kernel has
 * also left the name under which the program was started.
 */
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "command.h"

#define SHIM_NAME "/libosrandom_preload.so"

static char found[PATH_MAX];

static bool is_there(void)
{
    return access(found, R_OK) == 0;
}

static bool is_beside(const char *program)
{
    char absolute[PATH_MAX];
    char *slash;

    if (!program || !realpath(program, absolute) || !(slash = strrchr(absolute, '/')))
        return false;
    *slash = '\0';
    return snprintf(found, sizeof(found), "%s" SHIM_NAME, absolute) < (int)sizeof(found) &&
           is_there();
}

const char *shim_path(void)
{
    const char *started_as = (const char *)(uintptr_t)getauxval(AT_EXECFN);

    if (is_beside("/proc/self/exe") || is_beside(started_as))
        return found;
    snprintf(found, sizeof(found), "%s" SHIM_NAME, OSRANDOM_LIBDIR);
    return is_there() ? found : NULL;
}
