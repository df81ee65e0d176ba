/*
 * See mounts.h. proc(5) has the format of mountinfo; a device's number is that of the whole kernel,
 * the same in every mount namespace.
 */
#include "mounts.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

enum { LARGEST_LIST = 32 << 20, LONGEST_TYPE = 24 };

struct mounts {
    ino_t namespace;
    size_t count;
    struct mount {
        int id;
        dev_t device;
        char type[LONGEST_TYPE];
    } * list;
};

/* Those that only root can mount. One of them may lie on a FUSE file system all the same, as an
 * overlay can: whoever reads gives up in the end. */
static const char *const kernels_own[] = {
    "ext2",  "ext3",  "ext4",   "xfs",     "btrfs",    "f2fs",    "zfs",     "bcachefs",
    "jfs",   "tmpfs", "ramfs",  "rootfs",  "squashfs", "erofs",   "overlay", "aufs",
    "vfat",  "exfat", "ntfs3",  "iso9660", "udf",      "ubifs",   "jffs2",   "cramfs",
    "romfs", "nfs",   "nfs4",   "cifs",    "smb3",     "ceph",    "9p",      "virtiofs",
    "ocfs2", "gfs2",  "lustre", "afs",     "nilfs2",   "reiserfs"};

static bool is_kernels_own(const char *type)
{
    for (size_t i = 0; i < sizeof(kernels_own) / sizeof(kernels_own[0]); i++)
        if (strcmp(type, kernels_own[i]) == 0)
            return true;
    return false;
}

/* ---- Reading ---- */

/* "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue" */
static bool parse_line(const char *line, struct mount *mount)
{
    unsigned int major, minor;
    const char *type = strstr(line, " - ");

    if (!type || sscanf(line, "%d %*d %u:%u ", &mount->id, &major, &minor) != 3)
        return false;
    type += strlen(" - ");
    mount->device = makedev(major, minor);
    snprintf(mount->type, sizeof(mount->type), "%.*s", (int)strcspn(type, " \n"), type);
    return true;
}

static void add_line(struct mounts *mounts, const char *line)
{
    struct mount mount, *larger;

    if (!parse_line(line, &mount))
        return;
    larger = reallocarray(mounts->list, mounts->count + 1, sizeof(*larger));
    if (!larger)
        return;
    mounts->list = larger;
    mounts->list[mounts->count++] = mount;
}

static void read_list(struct mounts *mounts, const char *path)
{
    FILE *file = fopen(path, "re");
    size_t room = 0, whole = 0;
    char *line = NULL;
    ssize_t length;

    while (file && whole < LARGEST_LIST && (length = getline(&line, &room, file)) > 0) {
        whole += (size_t)length;
        add_line(mounts, line);
    }
    free(line);
    if (file)
        fclose(file);
}

static void add_mounts(struct mounts *mounts, const char *process)
{
    char path[64];

    snprintf(path, sizeof(path), "/proc/%s/mountinfo", process);
    read_list(mounts, path);
}

/* Many processes share a mount namespace. */
static ino_t namespace_of(const char *process)
{
    char path[64];
    struct stat namespace;

    snprintf(path, sizeof(path), "/proc/%s/ns/mnt", process);
    return stat(path, &namespace) == 0 ? namespace.st_ino : 0;
}

/* It has called chroot(2): its list lacks the mount that it lives in. */
static bool is_confined(const char *process)
{
    char path[64], root[2];
    ssize_t length;

    snprintf(path, sizeof(path), "/proc/%s/root", process);
    length = readlink(path, root, sizeof(root));
    return length > 1 || (length == 1 && *root != '/');
}

static void find_parent(char process[16])
{
    char path[64], line[128];
    int parent = 0;
    FILE *file;

    snprintf(path, sizeof(path), "/proc/%s/status", process);
    file = fopen(path, "re");
    while (file && !parent && fgets(line, sizeof(line), file))
        sscanf(line, "PPid: %d", &parent);
    if (file)
        fclose(file);
    snprintf(process, 16, "%d", parent);
}

/* The next ancestor that is not confined knows that mount. */
static void add_of_ancestor(struct mounts *mounts, char process[16])
{
    enum { MOST_STEPS = 8 };

    for (int i = 0; i < MOST_STEPS && is_confined(process); i++)
        find_parent(process);
    add_mounts(mounts, process);
}

const struct mounts *mounts_of(pid_t pid)
{
    static _Thread_local struct mounts mounts;
    char process[16];
    ino_t namespace;
    bool confined;

    snprintf(process, sizeof(process), "%d", (int)pid);
    confined = is_confined(process);
    namespace = namespace_of(process);
    if (!confined && namespace != 0 && namespace == mounts.namespace)
        return &mounts;
    free(mounts.list);
    mounts = (struct mounts){.namespace = confined ? 0 : namespace};
    add_mounts(&mounts, process);
    if (confined)
        add_of_ancestor(&mounts, process);
    return &mounts;
}

static const struct mounts *our_own(void)
{
    static _Thread_local struct mounts mounts;

    if (!mounts.list)
        add_mounts(&mounts, "self");
    return &mounts;
}

/* ---- Asking ---- */

static const struct mount *with_device(const struct mounts *mounts, dev_t device)
{
    for (size_t i = 0; mounts && i < mounts->count; i++)
        if (mounts->list[i].device == device)
            return &mounts->list[i];
    return NULL;
}

const char *mounts_type_of_device(const struct mounts *mounts, dev_t device)
{
    const struct mount *mount = with_device(mounts, device);

    if (!mount)
        mount = with_device(our_own(), device);
    return mount ? mount->type : "?";
}

/* What memfd_create(2) makes lies on a tmpfs that is mounted nowhere. */
static dev_t device_of_memory_files(void)
{
    static _Thread_local dev_t device;
    int file = device ? -1 : memfd_create("device", MFD_CLOEXEC);
    struct stat status;

    if (file >= 0 && fstat(file, &status) == 0)
        device = status.st_dev;
    if (file >= 0)
        close(file);
    return device;
}

/* A file below an overlay may be told with the device of what lies under it, which no mount of the
 * namespace names. If that is a disk, a file system of the kernel's reads it. */
bool mounts_answer_for_device(const struct mounts *mounts, dev_t device)
{
    const struct mount *mount = with_device(mounts, device);

    if (!mount)
        mount = with_device(our_own(), device);
    if (mount)
        return is_kernels_own(mount->type);
    return major(device) != 0 || device == device_of_memory_files();
}

static const struct mount *with_id(const struct mounts *mounts, int id)
{
    for (size_t i = 0; mounts && i < mounts->count; i++)
        if (mounts->list[i].id == id)
            return &mounts->list[i];
    return NULL;
}

/* statx(2) tells the mount's number too, from Linux 5.8 on. */
bool mounts_answer_for_file(const struct mounts *mounts, int descriptor)
{
    char path[64], line[128];
    const struct mount *mount;
    int id = -1;
    FILE *file;

    snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", descriptor);
    file = fopen(path, "re");
    while (file && fgets(line, sizeof(line), file))
        sscanf(line, "mnt_id: %d", &id);
    if (file)
        fclose(file);
    mount = with_id(mounts, id);
    if (!mount)
        mount = with_id(our_own(), id);
    return mount && is_kernels_own(mount->type);
}
