/*
 * See starters.h.
 */
#include "starters.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* "zsh5" and "bash-static" too. */
static bool is_called(const char *name, const char *word)
{
    size_t length = strlen(word);

    return strncmp(name, word, length) == 0 &&
           strspn(name + length, "0123456789.-_") >= (name[length] ? 1 : 0);
}

bool becomes_another(const struct object *program)
{
    return program->imports_exec && !program->imports_fork;
}

bool is_starter(const struct object *program)
{
    static const char *const names[] = {
        "sh",     "ash",     "dash",      "bash",
        "ksh",    "mksh",    "lksh",      "pdksh",
        "zsh",    "yash",    "posh",      "fish",
        "csh",    "tcsh",    "rc",        "busybox",
        "toybox", "env",     "timeout",   "xargs",
        "setsid", "unshare", "nsenter",   "chroot",
        "su",     "sudo",    "doas",      "tini",
        "script", "flock",   "dumb-init", "catatonit",
        "make",   "runuser", "parallel",  "watch",
        "time",   "ld",      "ld-linux",  "ld-musl",
        "find",   "expect",  "gosu",      "start-stop-daemon",
    };
    char real[PATH_MAX];
    const char *path = realpath(program->path, real) ? real : program->path;
    const char *slash = strrchr(path, '/');

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (is_called(slash ? slash + 1 : path, names[i]))
            return true;
    return false;
}
