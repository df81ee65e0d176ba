/*
 * See rules_file.h. Two threads that both come first read the same.
 *
 * The file is root's, or of the owner of /etc: whoever that is could put another in its place. In a
 * user namespace to which root does not belong, as of a sandbox that shows the host's /etc, both
 * are shown as the same unknown user's. No privilege is at stake there: what root's programs may do
 * outside, a set-user-ID program of root's does not get inside.
 */
#include "rules_file.h"

#include <errno.h>
#include <linux/fcntl.h>
#include <stdatomic.h>

#include "linux_file.h"
#include "linux_syscall.h"
#include "report.h"
#include "rules.h"
#include "same_text.h"
#include "settings.h"

enum { PIECE = 256 };

static long open_to_read(const char *path, int flags)
{
    return linux_syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_LARGEFILE | flags);
}

/* The context is the program's path, asked for at the first line that needs it. One that is longer
 * than a line is cut, and fits none. A package that was upgraded has put another file there. */
static bool is_program(const char *path, void *context)
{
    char *program = context;

    if (!*program)
        linux_syscall(SYS_readlinkat, AT_FDCWD, "/proc/self/exe", program, RULES_LONGEST_LINE);
    for (; *path && *path == *program; path++)
        program++;
    return *path == '\0' && (*program == '\0' || same_text(program, " (deleted)"));
}

static bool is_owner_of_etc(uint32_t owner)
{
    struct linux_file file;
    long etc = open_to_read("/etc", O_PATH | O_DIRECTORY);
    bool is_owner = linux_file_of((int)etc, &file) && file.owner == owner;

    if (etc >= 0)
        linux_syscall(SYS_close, etc);
    return is_owner;
}

/* NULL if it may be believed. */
static const char *why_not(int descriptor)
{
    struct linux_file file;

    if (!linux_file_of(descriptor, &file) || !file.regular)
        return "it is no file";
    if (file.may_be_written_by_others)
        return "others may write to it";
    return file.owner == 0 || is_owner_of_etc(file.owner) ? NULL : "it is not root's";
}

/* As why_not(). */
static const char *read_all(int descriptor, struct rules *rules)
{
    const char *why = why_not(descriptor);
    char piece[PIECE];
    long length, size = 0;

    while (!why && (length = linux_syscall(SYS_read, descriptor, piece, PIECE)) != 0) {
        size += length;
        if (length < 0)
            why = "it cannot be read";
        else if (size > RULES_LARGEST_FILE)
            why = "it is too large";
        else
            rules_add(rules, piece, (size_t)length);
    }
    rules_end(rules);
    return why;
}

void rules_read(void)
{
    static _Atomic bool done;
    char program[RULES_LONGEST_LINE + 1] = "";
    struct rules rules = {.is_program = is_program, .context = program};
    const char *why = "it cannot be opened";
    long file;

    if (done)
        return;
    file = open_to_read(RULES_FILE, O_NONBLOCK | O_NOCTTY);
    if (file >= 0) {
        why = read_all((int)file, &rules);
        linux_syscall(SYS_close, file);
    }
    if (file == -ENOENT || file == -ENOTDIR)
        why = NULL;
    if (why)
        report(REPORT_RULES, RULES_FILE " is not used: %s", why);
    else if (rules.wrong)
        report(REPORT_RULES, RULES_FILE " is not used: line %u is not understood", rules.wrong);
    else
        settings_take(rules.of);
    done = true;
}
