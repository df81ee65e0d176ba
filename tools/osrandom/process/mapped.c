/*
 * See mapped.h. The cache lies in shared memory, since each process is looked at from a child; one
 * child runs at a time.
 */
#include "mapped.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "file/object.h"

enum { CACHE_ENTRIES = 8192 };

static struct entry {
    dev_t device;
    ino_t inode;
    struct timespec changed;
    struct mapped mapped;
} * cache;

void mapped_start(void)
{
    void *memory = mmap(NULL, CACHE_ENTRIES * sizeof(*cache), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    cache = memory == MAP_FAILED ? NULL : memory;
}

static struct entry *entry_of(const struct stat *file)
{
    return cache ? &cache[(file->st_ino * 31 + file->st_dev) % CACHE_ENTRIES] : NULL;
}

static bool is_of(const struct entry *entry, const struct stat *file)
{
    return entry->device == file->st_dev && entry->inode == file->st_ino &&
           entry->changed.tv_sec == file->st_ctim.tv_sec &&
           entry->changed.tv_nsec == file->st_ctim.tv_nsec;
}

bool mapped_is_candidate(const struct mapping *mapping)
{
    return mapping->inode != 0 && mapping->offset == 0 && mapping->permissions[0] == 'r' &&
           mapping->permissions[3] == 'p';
}

char *mapped_path(pid_t pid, const struct mapping *mapping)
{
    char *link =
        text_of("/proc/%d/map_files/%" PRIx64 "-%" PRIx64, (int)pid, mapping->start, mapping->end);
    struct stat file;

    if (stat(link, &file) == 0 && file.st_ino == mapping->inode)
        return link;
    free(link);
    return text_of("/proc/%d/root%s", (int)pid, mapping->path);
}

static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/* The number in "OpenSSL 3.0.19 27 Jan 2026"; the name too, if it is another's. */
static void shorten_version(struct mapped *mapped, const char *version)
{
    if (strncmp(version, "OpenSSL ", strlen("OpenSSL ")) == 0)
        version += strlen("OpenSSL ");
    snprintf(mapped->version, sizeof(mapped->version), "%.*s", (int)strcspn(version, " "), version);
}

static enum mapped_kind kind_of(const struct object *object, const char *name)
{
    if (strcmp(name, "fips.so") == 0)
        return MAPPED_FIPS;
    if (object->exports_openssl)
        return object_takes_no_method(object) ? MAPPED_CLOSED : MAPPED_OPENSSL;
    return object->has_generator ? MAPPED_HIDDEN : MAPPED_OTHER;
}

static struct mapped guess_by_name(const char *name)
{
    struct mapped mapped = {MAPPED_OTHER, ""};

    if (strncmp(name, "libcrypto.so", strlen("libcrypto.so")) == 0)
        mapped.kind = MAPPED_OPENSSL;
    else if (strcmp(name, "fips.so") == 0)
        mapped.kind = MAPPED_FIPS;
    return mapped;
}

static struct mapped read_file(const char *path, const char *name, ino_t inode)
{
    struct mapped mapped = {MAPPED_OTHER, ""};
    const char *error;
    struct object *object = object_of(path, &error);

    if (!object || object->inode != inode) {
        object_free(object);
        return guess_by_name(name);
    }
    mapped.kind = kind_of(object, name);
    if (object->version && mapped.kind != MAPPED_OTHER)
        shorten_version(&mapped, object->version);
    object_free(object);
    return mapped;
}

struct mapped mapped_look(pid_t pid, const struct mapping *mapping)
{
    char *path = mapped_path(pid, mapping);
    const char *name = name_of(mapping->path);
    struct mapped mapped;
    struct entry *entry;
    struct stat file;

    if (stat(path, &file) != 0 || file.st_ino != mapping->inode) {
        free(path);
        return guess_by_name(name);
    }
    entry = entry_of(&file);
    if (entry && is_of(entry, &file)) {
        free(path);
        return entry->mapped;
    }
    mapped = read_file(path, name, file.st_ino);
    if (entry)
        *entry = (struct entry){file.st_dev, file.st_ino, file.st_ctim, mapped};
    free(path);
    return mapped;
}
