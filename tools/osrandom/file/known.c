/*
 * See known.h. By path, device and inode: where a library was found is part of what is told of it.
 */
#include "known.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"

struct entry {
    char *path;
    dev_t device;
    ino_t inode;
    struct object *object;
};

static struct entry *entries;
static size_t count;

const struct object *known_object(const char *path)
{
    struct stat status;
    const char *error;

    if (stat(path, &status) != 0)
        return NULL;
    for (size_t i = 0; i < count; i++)
        if (entries[i].inode == status.st_ino && entries[i].device == status.st_dev &&
            strcmp(entries[i].path, path) == 0)
            return entries[i].object;
    entries = grown(entries, count, sizeof(*entries));
    entries[count] =
        (struct entry){text_of("%s", path), status.st_dev, status.st_ino, object_of(path, &error)};
    return entries[count++].object;
}
