/*
 * See locate.h.
 */
#include "locate.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"

static bool is_file(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

static char *in_search_path(const char *name, const char *search)
{
    for (search = search ? search : "/bin:/usr/bin"; search; search = strchr(search, ':')) {
        size_t length;
        char *path;

        if (*search == ':')
            search++;
        length = strcspn(search, ":");
        path = text_of("%.*s/%s", (int)length, search, name);
        if (length == 0)
            memmove(path, path + 1, strlen(path));
        if (is_file(path) && access(path, X_OK) == 0)
            return path;
        free(path);
    }
    return NULL;
}

char *locate(const char *name, const char *search)
{
    if (!strchr(name, '/'))
        return in_search_path(name, search);
    return is_file(name) ? text_of("%s", name) : NULL;
}
