/*
 * See stage.h. /etc is a tmpfs there, in which each name of the real one is mounted or linked: that
 * needs no overlay of the kernel, and the file need not be there to be mounted over.
 */
#include "stage.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/complain.h"
#include "base/memory.h"
#include "preset.h"

#define STAGE_ETC STAGE_DIRECTORY "/etc"
#define STAGE_PRESET STAGE_DIRECTORY "/ld.so.preload"

static char lack[128];

const char *stage_lack(void)
{
    return *lack ? lack : NULL;
}

int state_directory(void)
{
    struct stat status;

    if (mkdir(STATE_DIRECTORY, 0755) != 0 && errno != EEXIST)
        return -1;
    if (lstat(STATE_DIRECTORY, &status) != 0)
        return -1;
    errno = EPERM;
    return S_ISDIR(status.st_mode) && status.st_uid == 0 && !(status.st_mode & 022) ? 0 : -1;
}

/* ---- The namespace ---- */

static bool cannot(const char *what)
{
    snprintf(lack, sizeof(lack), "%s: %s", what, strerror(errno));
    return false;
}

/* A directory or a file is mounted, for a link would lead elsewhere from there; a link is copied.
 */
static bool show_in_etc(const char *name)
{
    char *real = text_of(STAGE_ETC "/%s", name), *shown = text_of("/etc/%s", name);
    char link[PATH_MAX];
    struct stat status;
    bool well = false;

    if (lstat(real, &status) == 0) {
        ssize_t length = readlink(real, link, sizeof(link) - 1);
        int file = -1;

        if (length >= 0) {
            link[length] = '\0';
            well = symlink(link, shown) == 0;
        } else if (S_ISDIR(status.st_mode)) {
            well = mkdir(shown, 0755) == 0 && mount(real, shown, NULL, MS_BIND | MS_REC, NULL) == 0;
        } else if ((file = open(shown, O_WRONLY | O_CREAT | O_CLOEXEC, 0600)) >= 0) {
            close(file);
            well = mount(real, shown, NULL, MS_BIND, NULL) == 0;
        }
    }
    free(real);
    free(shown);
    return well;
}

static bool fill_etc(void)
{
    DIR *directory = opendir(STAGE_ETC);
    struct dirent *entry;
    bool well = directory != NULL;

    while (well && (entry = readdir(directory)))
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
            strcmp(entry->d_name, "ld.so.preload") != 0)
            well = show_in_etc(entry->d_name) || errno == ENOENT;
    if (directory)
        closedir(directory);
    return well && symlink(STAGE_PRESET, "/etc/ld.so.preload") == 0;
}

static bool enter_namespace(bool own_preset)
{
    if (unshare(CLONE_NEWNS) != 0)
        return cannot("no mount namespace");
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("osrandom", STAGE_DIRECTORY, "tmpfs", 0, "mode=755") != 0)
        return cannot("no mounts");
    if (!own_preset)
        return true;
    if (mkdir(STAGE_ETC, 0755) != 0 ||
        mount("/etc", STAGE_ETC, NULL, MS_BIND | MS_REC, NULL) != 0 ||
        mount("osrandom", "/etc", "tmpfs", 0, "mode=755") != 0)
        return cannot("no view of /etc");
    if (fill_etc())
        return true;
    cannot("no view of /etc");
    umount2("/etc", MNT_DETACH);
    return false;
}

/* ---- What stands there ---- */

static bool copy_of_this_program(const char *path, mode_t mode)
{
    int from = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    int to = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0700);
    ssize_t sent = 0;
    bool well;

    while (from >= 0 && to >= 0 && (sent = sendfile(to, from, NULL, 1 << 20)) > 0)
        ;
    well = from >= 0 && to >= 0 && sent == 0 && fchmod(to, mode) == 0;
    if (from >= 0)
        close(from);
    if (to >= 0)
        close(to);
    return well;
}

int stage_preset(const char *text)
{
    return preset_write(STAGE_PRESET, text);
}

static int perform(bool own_preset, int (*play)(void *data), void *data)
{
    enter_namespace(own_preset);
    if (!copy_of_this_program(STAGE_PROBE, 0755) ||
        !copy_of_this_program(STAGE_SET_UID_PROBE, 04755) || stage_preset("") != 0)
        return complain("system", "cannot write below %s: %s", STAGE_DIRECTORY, strerror(errno));
    return play(data);
}

/* Without a namespace, these lie in the machine's own /run. */
static void clear(void)
{
    unlink(STAGE_PROBE);
    unlink(STAGE_SET_UID_PROBE);
    unlink(STAGE_PRESET);
    rmdir(STAGE_ETC);
    rmdir(STAGE_DIRECTORY);
}

int on_stage(bool own_preset, int (*play)(void *data), void *data)
{
    int status = -1;
    pid_t child;

    if (state_directory() != 0 || (mkdir(STAGE_DIRECTORY, 0755) != 0 && errno != EEXIST)) {
        complain("system", "cannot make %s: %s", STAGE_DIRECTORY, strerror(errno));
        return -1;
    }
    fflush(NULL);
    child = fork();
    if (child == 0) {
        status = perform(own_preset, play, data);
        fflush(NULL);
        _exit(status);
    }
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    clear();
    return child > 0 && WIFEXITED(status) && WEXITSTATUS(status) <= 100 ? WEXITSTATUS(status) : -1;
}
