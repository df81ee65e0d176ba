/*
 * See units.h.
 */
#include "units.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/complain.h"
#include "base/memory.h"
#include "base/printable.h"
#include "spawned.h"

bool systemd_runs(void)
{
    return access("/run/systemd/system", F_OK) == 0; /* sd_booted(3) */
}

/* ---- A strict unit ---- */

static struct spawned run_strict(const char *entry)
{
    char *setting = entry ? text_of("--setenv=LD_PRELOAD=%s", entry) : NULL;
    const char *const argv[] = {"systemd-run",
                                "--quiet",
                                "--wait",
                                "--pipe",
                                "--collect",
                                "--property=ProtectSystem=strict",
                                "--property=DynamicUser=yes",
                                setting ? setting : "--setenv=OSRANDOM_LOG=warn",
                                "cat",
                                "/proc/self/maps",
                                NULL};
    struct spawned spawned = spawn(&(struct spawn_wish){.argv = argv, .seconds = 60});

    free(setting);
    return spawned;
}

bool unit_goes_well(const char *shim, const char *entry)
{
    struct spawned spawned, without;
    bool well;

    if (!systemd_runs())
        return true;
    spawned = run_strict(entry);
    well = spawned_well(&spawned) && strstr(spawned.out, shim) && !strstr(spawned.out, "ld.so:");
    if (well) {
        puts("ok: a unit with ProtectSystem=strict starts, and has the shim");
    } else if (entry && (without = run_strict(NULL), !spawned_well(&without))) {
        puts("note: systemd-run does not work here, so that no unit was tried");
        well = true;
        free(without.out);
    } else {
        complain("system", "with the shim, a unit with ProtectSystem=strict %s%s",
                 spawned_end(&spawned), spawned_well(&spawned) ? ", and does not have it" : "");
    }
    free(spawned.out);
    return well;
}

/* ---- Fences ---- */

/* How much of the path the best of these directories covers; 0: none. systemd writes a '-' or '+'
 * in front of some. */
static size_t covered_by(const char *list, size_t length, const char *path)
{
    char *words = text_of("%.*s", (int)length, list), *state = NULL, real[PATH_MAX];
    size_t best = 0;

    for (char *word = strtok_r(words, " ", &state); word; word = strtok_r(NULL, " ", &state)) {
        size_t size;

        word += strspn(word, "-+");
        if (!realpath(word, real))
            continue;
        size = strcmp(real, "/") == 0 ? 1 : strlen(real);
        if (size > best && strncmp(path, real, size) == 0 &&
            (size == 1 || path[size] == '/' || path[size] == '\0'))
            best = size;
    }
    free(words);
    return best;
}

struct fence {
    char *unit;
    size_t no_exec, exec, inaccessible;
    bool has_root;
};

static void read_property(struct fence *fence, const char *line, size_t length, const char *shim)
{
    const char *value = memchr(line, '=', length);
    size_t name = value ? (size_t)(value - line) : 0, size = value ? length - name - 1 : 0;

    if (!value)
        return;
    value++;
    if (strncmp(line, "Id=", 3) == 0)
        fence->unit = text_of("%.*s", (int)size, value);
    else if (strncmp(line, "NoExecPaths=", 12) == 0)
        fence->no_exec = covered_by(value, size, shim);
    else if (strncmp(line, "ExecPaths=", 10) == 0)
        fence->exec = covered_by(value, size, shim);
    else if (strncmp(line, "InaccessiblePaths=", 18) == 0)
        fence->inaccessible = covered_by(value, size, shim);
    else if (strncmp(line, "Root", 4) == 0)
        fence->has_root |= size > 0 && strncmp(value, "/\n", 2) != 0;
}

static void tell_of_fence(struct fence *fence)
{
    char safe[512];

    printable_into(safe, sizeof(safe), fence->unit ? fence->unit : "?");
    if (fence->has_root)
        printf("note: %s has a root of its own, and so another /etc/ld.so.preload\n", safe);
    else if (fence->inaccessible || fence->no_exec > fence->exec)
        printf("note: %s is not covered, and each of its programs will say so: %s= keeps the shim "
               "away\n",
               safe, fence->inaccessible ? "InaccessiblePaths" : "NoExecPaths");
    free(fence->unit);
    *fence = (struct fence){0};
}

void tell_of_fences(const char *shim)
{
    static const char *const argv[] = {"systemctl",
                                       "show",
                                       "--type=service",
                                       "--state=running",
                                       "--property=Id,NoExecPaths,ExecPaths,InaccessiblePaths,"
                                       "RootDirectory,RootImage",
                                       "*",
                                       NULL};
    struct fence fence = {0};
    struct spawned spawned;
    size_t length;

    if (!systemd_runs())
        return;
    spawned = spawn(&(struct spawn_wish){.argv = argv, .seconds = 30});
    for (const char *line = spawned.out; *line; line += length + (line[length] == '\n')) {
        length = strcspn(line, "\n");
        if (length == 0)
            tell_of_fence(&fence);
        else
            read_property(&fence, line, length, shim);
    }
    if (fence.unit)
        tell_of_fence(&fence);
    free(spawned.out);
}
