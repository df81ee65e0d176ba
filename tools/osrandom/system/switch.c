/*
 * See switch.h.
 */
#include "switch.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/complain.h"
#include "preset.h"
#include "stage.h"

#define MARK_DIRECTORY "/var/lib/osrandom"
#define BOOT_MARK MARK_DIRECTORY "/boot-not-complete"

static bool is_our_link(void)
{
    char target[PATH_MAX];
    ssize_t length = readlink(SYSTEM_PRESET, target, sizeof(target) - 1);

    if (length < 0)
        return false;
    target[length] = '\0';
    return strcmp(target, RUN_PRESET) == 0;
}

static bool is_link(void)
{
    struct stat status;

    return lstat(SYSTEM_PRESET, &status) == 0 && S_ISLNK(status.st_mode);
}

enum way switch_state(char **entry)
{
    char *text = preset_read(SYSTEM_PRESET);

    *entry = text ? preset_entry(text) : NULL;
    free(text);
    if (is_our_link())
        return *entry ? WAY_LINK : WAY_LINK_IDLE;
    return *entry ? WAY_FILE : WAY_OFF;
}

/* What the file says besides the shim; NULL after a complaint. */
static char *others(void)
{
    char *text = preset_read(SYSTEM_PRESET), *rest;

    if (!text) {
        complain("system", "%s cannot be read: %s", SYSTEM_PRESET, strerror(errno));
        return NULL;
    }
    rest = preset_without(text);
    free(text);
    return rest;
}

bool switch_would_link(void)
{
    char *text, *rest;
    bool blank;

    if (is_our_link())
        return true;
    if (is_link() || !(text = preset_read(SYSTEM_PRESET)))
        return false;
    rest = preset_without(text);
    blank = preset_is_blank(rest);
    free(rest);
    free(text);
    return blank;
}

static int cannot_write(const char *path)
{
    complain("system", "%s cannot be written: %s", path, strerror(errno));
    return -1;
}

static int make_link(void)
{
    static const char beside[] = SYSTEM_PRESET ".osrandom-new";

    unlink(beside);
    if (symlink(RUN_PRESET, beside) == 0 && rename(beside, SYSTEM_PRESET) == 0)
        return 0;
    return cannot_write(SYSTEM_PRESET);
}

int switch_on_at_boot(const char *entry)
{
    char *text = preset_with("", entry);
    int failed = state_directory() != 0 || preset_write(RUN_PRESET, text) != 0;

    free(text);
    return failed ? cannot_write(RUN_PRESET) : 0;
}

static int write_entry(const char *rest, const char *entry)
{
    char *text = preset_with(rest, entry);
    int failed = preset_write(SYSTEM_PRESET, text);

    free(text);
    return failed ? cannot_write(SYSTEM_PRESET) : 0;
}

int switch_on(const char *entry, bool by_file)
{
    char *rest;
    int failed;

    if (!by_file && switch_would_link())
        return switch_on_at_boot(entry) || (!is_our_link() && make_link()) ? -1 : 0;
    if (is_our_link() && unlink(SYSTEM_PRESET) != 0)
        return cannot_write(SYSTEM_PRESET);
    rest = others();
    failed = !rest || write_entry(rest, entry);
    free(rest);
    return failed ? -1 : 0;
}

/* The link goes first: what is below /run is then nobody's. Entries that others have added there
 * by way of the link are kept. */
static int take_link_away(const char *rest)
{
    int failed = preset_is_blank(rest) ? unlink(SYSTEM_PRESET) : preset_write(RUN_PRESET, rest);

    if (failed)
        return cannot_write(SYSTEM_PRESET);
    if (preset_is_blank(rest))
        unlink(RUN_PRESET);
    return 0;
}

static int take_entry_out(const char *rest)
{
    int failed = preset_is_blank(rest) && !is_link() ? unlink(SYSTEM_PRESET)
                                                     : preset_write(SYSTEM_PRESET, rest);

    return failed ? cannot_write(SYSTEM_PRESET) : 0;
}

int switch_off(void)
{
    char *entry, *rest;
    enum way way = switch_state(&entry);
    int failed;

    free(entry);
    boot_clear();
    if (way == WAY_OFF)
        return 0;
    rest = others();
    if (!rest)
        return -1;
    failed = way == WAY_FILE ? take_entry_out(rest) : take_link_away(rest);
    free(rest);
    return failed;
}

/* ---- The mark of a boot ---- */

int boot_mark(void)
{
    int file;

    if (mkdir(MARK_DIRECTORY, 0755) != 0 && errno != EEXIST)
        return -1;
    file = open(BOOT_MARK, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (file < 0)
        return -1;
    fsync(file);
    close(file);
    file = open(MARK_DIRECTORY, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (file >= 0) {
        fsync(file);
        close(file);
    }
    return 0;
}

void boot_clear(void)
{
    unlink(BOOT_MARK);
}

bool boot_is_marked(void)
{
    return access(BOOT_MARK, F_OK) == 0;
}

/* ---- The lock ---- */

bool switch_lock(void)
{
    int file = -1;

    if (state_directory() == 0)
        file = open(STATE_DIRECTORY "/lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file < 0)
        return complain("system", "%s cannot be used: %s", STATE_DIRECTORY, strerror(errno)), false;
    if (flock(file, LOCK_EX | LOCK_NB) == 0)
        return true;
    return complain("system", "another osrandom system is at work"), false;
}
