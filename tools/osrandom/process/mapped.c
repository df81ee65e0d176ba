/*
 * See mapped.h. The cache lies in shared memory, since each process is looked at from a child. A
 * child may be killed at any moment: an entry that it was writing is lost, and never half read.
 */
#include "mapped.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "file/object.h"
#include "foreign.h"
#include "trail.h"

enum { CACHE_ENTRIES = 8192, LARGEST_FILE = 1 << 30, LARGEST_SPARSE = 64 << 20, MOSTLY = 8 };

static struct entry {
    _Atomic uint32_t turn; /* odd: being written */
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

/* ---- The cache ---- */

static struct entry *entry_of(const struct stat *file)
{
    return cache ? &cache[(file->st_ino * 31 + file->st_dev) % CACHE_ENTRIES] : NULL;
}

static bool recall(const struct stat *file, struct mapped *mapped)
{
    struct entry *entry = entry_of(file);
    uint32_t turn = entry ? atomic_load(&entry->turn) : 1;
    bool is_known;

    if (turn % 2)
        return false;
    *mapped = entry->mapped;
    is_known = entry->device == file->st_dev && entry->inode == file->st_ino &&
               entry->changed.tv_sec == file->st_ctim.tv_sec &&
               entry->changed.tv_nsec == file->st_ctim.tv_nsec;
    atomic_thread_fence(memory_order_acquire);
    return is_known && atomic_load(&entry->turn) == turn;
}

static void remember(const struct stat *file, const struct mapped *mapped)
{
    struct entry *entry = entry_of(file);
    uint32_t turn = entry ? atomic_load(&entry->turn) : 1;

    if (turn % 2 || !atomic_compare_exchange_strong(&entry->turn, &turn, turn + 1))
        return;
    entry->device = file->st_dev;
    entry->inode = file->st_ino;
    entry->changed = file->st_ctim;
    entry->mapped = *mapped;
    atomic_store(&entry->turn, turn + 2);
}

/* ---- One file ---- */

bool mapped_is_candidate(const struct mapping *mapping)
{
    return mapping->inode != 0 && mapping->offset == 0 && mapping->permissions[0] == 'r' &&
           mapping->permissions[3] == 'p';
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
    struct mapped mapped = {.kind = MAPPED_OTHER};

    if (strncmp(name, "libcrypto.so", strlen("libcrypto.so")) == 0)
        mapped.kind = MAPPED_OPENSSL;
    else if (strcmp(name, "fips.so") == 0)
        mapped.kind = MAPPED_FIPS;
    return mapped;
}

/* The very file that is open, by the kernel's link to it. */
static struct mapped read_file(int file, const char *name)
{
    struct mapped mapped = {.kind = MAPPED_OTHER};
    char *path = text_of("/proc/self/fd/%d", file);
    const char *error;
    struct object *object = object_of(path, &error);

    free(path);
    if (!object)
        return guess_by_name(name);
    mapped.kind = kind_of(object, name);
    if (object->version && mapped.kind != MAPPED_OTHER)
        shorten_version(&mapped, object->version);
    object_free(object);
    return mapped;
}

/* A file of holes costs nothing to make, and much to read. */
static const char *why_not_read(const struct stat *file)
{
    if (file->st_size > LARGEST_FILE)
        return "a file of more than a gigabyte is not read";
    if (file->st_size > LARGEST_SPARSE && file->st_blocks * 512 < file->st_size / MOSTLY)
        return "a large file that is mostly holes is not read";
    return NULL;
}

static struct mapped look_at_open(int file, const struct stat *status, const char *name)
{
    struct mapped mapped;

    if (recall(status, &mapped))
        return mapped;
    mapped.unread = why_not_read(status);
    if (mapped.unread)
        mapped = (struct mapped){guess_by_name(name).kind, "", mapped.unread};
    else
        mapped = read_file(file, name);
    remember(status, &mapped);
    return mapped;
}

struct mapped mapped_look(pid_t pid, const struct mapping *mapping)
{
    const char *name = name_of(mapping->path);
    struct stat status;
    struct mapped mapped;
    int file = foreign_open_mapped(pid, mapping, &status);

    if (file >= 0) {
        mapped = look_at_open(file, &status, name);
        close(file);
        return mapped;
    }
    mapped = guess_by_name(name);
    if (mapping->may_block)
        mapped.unread = "it lies on a file system that may never answer";
    else
        trail_note("  %s: %s; judged by its name", mapping->path, strerror(errno));
    return mapped;
}
