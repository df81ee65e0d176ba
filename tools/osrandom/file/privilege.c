/*
 * See privilege.h: the rules of cap_bprm_creds_from_file() in the kernel's security/commoncap.c.
 */
#include "privilege.h"

#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

static bool is_ignored_here(const char *path)
{
    struct statvfs mount;

    return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ||
           (statvfs(path, &mount) == 0 && (mount.f_flag & ST_NOSUID));
}

/* Without the group's execute bit the set-group-ID bit once meant mandatory locks. */
static bool sets_group(const struct stat *file)
{
    return (file->st_mode & S_ISGID) && (file->st_mode & S_IXGRP);
}

enum privilege privilege_of(const char *path, bool for_this_user)
{
    bool user, group, capabilities;
    struct stat file;

    if (stat(path, &file) != 0 || (for_this_user && is_ignored_here(path)))
        return PRIVILEGE_NONE;
    user = file.st_mode & S_ISUID;
    group = sets_group(&file);
    capabilities = getxattr(path, "security.capability", NULL, 0) > 0;
    if (for_this_user) {
        user = user && file.st_uid != getuid();
        group = group && file.st_gid != getgid();
        capabilities = capabilities && getuid() != 0;
    }
    if (user || group)
        return PRIVILEGE_SET_ID;
    return capabilities ? PRIVILEGE_CAPABILITIES : PRIVILEGE_NONE;
}
