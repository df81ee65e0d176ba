/*
 * Where the shim lies, and the module. /proc may be missing where this is an image's entrypoint:
 * the kernel has also left the name under which the program was started.
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

#define SHIM_NAME "libosrandom_preload.so"

static bool is_there(const char *found)
{
    return access(found, R_OK) == 0;
}

/* From the directory of programs to that of libraries, as they were built for: "../lib". */
static const char *way_to_libraries(void)
{
    static char way[PATH_MAX];
    const char *from = OSRANDOM_BINDIR, *to = OSRANDOM_LIBDIR;
    size_t same = 0, ups = 0;

    for (size_t i = 0; from[i] && from[i] == to[i]; i++)
        if (to[i] == '/')
            same = i + 1;
    for (const char *rest = from + same; *rest; rest += strcspn(rest, "/"), rest += *rest == '/')
        ups++;
    *way = '\0';
    while (ups-- && strlen(way) + strlen("../") < sizeof(way))
        strcat(way, "../");
    if (strlen(way) + strlen(to + same) < sizeof(way))
        strcat(way, to + same);
    return way;
}

static bool is_in(const char *directory, const char *way, const char *name, char found[PATH_MAX])
{
    char place[PATH_MAX];

    return snprintf(place, sizeof(place), "%s/%s/%s", directory, way, name) < (int)sizeof(place) &&
           realpath(place, found) && is_there(found);
}

/* Beside it, or in the library directory of a prefix that was moved as a whole. */
static bool is_near(const char *program, const char *name, char found[PATH_MAX])
{
    char absolute[PATH_MAX];
    char *slash;

    if (!program || !realpath(program, absolute) || !(slash = strrchr(absolute, '/')))
        return false;
    *slash = '\0';
    return is_in(absolute, ".", name, found) || is_in(absolute, way_to_libraries(), name, found);
}

static bool find(const char *name, char found[PATH_MAX])
{
    const char *started_as = (const char *)(uintptr_t)getauxval(AT_EXECFN);

    if (is_near("/proc/self/exe", name, found) || is_near(started_as, name, found))
        return true;
    return snprintf(found, PATH_MAX, "%s/%s", OSRANDOM_LIBDIR, name) < PATH_MAX && is_there(found);
}

const char *shim_path(void)
{
    static char found[PATH_MAX];

    return find(SHIM_NAME, found) ? found : NULL;
}

/* Where `make` has it, where `make install-module` puts it, and where Debian's package does. */
const char *module_path(void)
{
    static const char *const names[] = {"engines/osrandom.so", "osrandom/osrandom.so",
                                        "ossl-modules/osrandom.so"};
    static char found[PATH_MAX];

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (find(names[i], found))
            return found;
    return NULL;
}
