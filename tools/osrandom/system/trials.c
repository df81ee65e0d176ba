/*
 * See trials.h. On the stage each program is run twice, with an empty preset and with the shim in
 * it, and must end the same way with the same words.
 */
#include "trials.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/complain.h"
#include "base/memory.h"
#include "base/printable.h"
#include "file/object.h"
#include "preset.h"
#include "running.h"
#include "spawned.h"
#include "stage.h"
#include "units.h"

enum { LONGEST_SAID = 400 };

struct scene {
    const struct switching *switching;
    enum moment moment;
    char *setting;      /* LD_PRELOAD, where the preset is not ours to try; or NULL */
    char *others;       /* the machine's other entries */
    unsigned int wrong; /* what did not go well */
};

static bool is_staged(enum moment moment)
{
    return moment == BEFORE || moment == BEFORE_AT_BOOT;
}

/* ---- The probe ---- */

int probe(void)
{
    static const char name[] = "/libosrandom_preload.so";
    char line[PATH_MAX + 128], shim[PATH_MAX] = "none";
    FILE *maps = fopen("/proc/self/maps", "re");

    while (maps && fgets(line, sizeof(line), maps)) {
        char *path = strchr(line, '/');

        line[strcspn(line, "\n")] = '\0';
        if (path && strlen(path) >= sizeof(name) - 1 &&
            strcmp(path + strlen(path) - (sizeof(name) - 1), name) == 0)
            snprintf(shim, sizeof(shim), "%s", path);
    }
    if (maps)
        fclose(maps);
    printf("secure=%lu shim=%s\n", getauxval(AT_SECURE), shim);
    return fflush(stdout) == 0 ? 0 : 1;
}

/* ---- Running ---- */

static void is_wrong(struct scene *scene, const char *who, const struct spawned *spawned)
{
    char said[LONGEST_SAID];

    printable_into(said, sizeof(said), spawned->out);
    complain("system", "with the shim, %s %s%s%s", who, spawned_end(spawned),
             *said ? ", and says: " : "", said);
    scene->wrong++;
}

/* The machine's other entries, and the shim. */
static void set_stage(const struct scene *scene, bool shimmed)
{
    char *text = shimmed && !scene->setting ? preset_with(scene->others, scene->switching->entry)
                                            : text_of("%s", scene->others);

    if (stage_preset(text) != 0)
        complain("system", "the preset cannot be written: %s", strerror(errno));
    free(text);
}

static struct spawned run_with(const struct scene *scene, const char *const *argv, bool as_nobody,
                               bool shimmed)
{
    const char *setting[] = {shimmed ? scene->setting : NULL, NULL, NULL};
    struct spawn_wish wish = {.argv = argv, .setting = setting, .as_nobody = as_nobody};

    setting[*setting ? 1 : 0] = "OSRANDOM_LOG=warn";
    if (is_staged(scene->moment))
        set_stage(scene, shimmed);
    return spawn(&wish);
}

/* ---- Probes ---- */

/* What it says without the shim, other entries' trouble included, but for the shim's path. */
static bool has_shim(const struct scene *scene, const struct spawned *with,
                     const struct spawned *without)
{
    static const char none[] = "none\n";
    size_t same = without->out ? strlen(without->out) : 0, length = strlen(with->out);
    char *end = text_of("shim=%s\n", scene->switching->shim);
    size_t start = length >= strlen(end) ? length - strlen(end) : 0;
    bool well = spawned_well(with) && strcmp(with->out + start, end) == 0;

    if (well && without->out)
        well = same >= sizeof(none) - 1 && start + strlen("shim=") == same - (sizeof(none) - 1) &&
               memcmp(with->out, without->out, start) == 0;
    free(end);
    return well;
}

static void try_probe(struct scene *scene, const char *program, bool as_nobody, const char *who)
{
    const char *const argv[] = {program, "system", "probe", NULL};
    struct spawned with = run_with(scene, argv, as_nobody, true), without = {0};

    if (is_staged(scene->moment))
        without = run_with(scene, argv, as_nobody, false);
    if (has_shim(scene, &with, &without)) {
        printf("ok: %s starts, and has the shim\n", who);
    } else if (spawned_well(&with) && without.out && strcmp(with.out, without.out) == 0) {
        complain("system", "%s starts without the shim: the loader does not load %s", who,
                 scene->switching->entry);
        scene->wrong++;
    } else {
        is_wrong(scene, who, &with);
    }
    free(with.out);
    free(without.out);
}

/* Where set-user-ID has no effect, as with no_new_privs, it is not what is tried. */
static void try_secure_probe(struct scene *scene)
{
    const char *const argv[] = {STAGE_SET_UID_PROBE, "system", "probe", NULL};
    struct spawned spawned = run_with(scene, argv, true, false);

    if (stage_lack())
        printf("note: set-user-ID programs cannot be tried here (%s)\n", stage_lack());
    else if (!strstr(spawned.out, "secure=1"))
        puts("note: set-user-ID programs cannot be tried here: the kernel gives them no rights");
    else
        try_probe(scene, STAGE_SET_UID_PROBE, true, "a set-user-ID program");
    free(spawned.out);
}

static void try_probes(struct scene *scene)
{
    try_probe(scene, STAGE_PROBE, false, "a program of root's");
    try_probe(scene, STAGE_PROBE, true, "a program of nobody's");
    try_secure_probe(scene);
}

/* ---- What the machine has ---- */

static bool is_same(const struct spawned *one, const struct spawned *other)
{
    return one->status == other->status && one->timed_out == other->timed_out &&
           strcmp(one->out, other->out) == 0;
}

static bool behaves(struct scene *scene, const char *const *argv, bool as_nobody)
{
    struct spawned with = run_with(scene, argv, as_nobody, true), without = {0};
    bool well;

    if (!is_staged(scene->moment)) {
        well = !with.timed_out && WIFEXITED(with.status) && !strstr(with.out, "osrandom");
    } else {
        without = run_with(scene, argv, as_nobody, false);
        well = is_same(&with, &without);
    }
    if (!well)
        is_wrong(scene, argv[0], &with);
    free(with.out);
    free(without.out);
    return well;
}

static void try_shell(struct scene *scene)
{
    static const char *const argv[] = {"sh", "-c", "echo as ever; exit 3", NULL};

    if (behaves(scene, argv, false) && behaves(scene, argv, true))
        puts("ok: sh behaves as ever");
}

/* Those that an administrator meets. Asked for their version, they ask nothing back. */
static void try_set_user_id_programs(struct scene *scene)
{
    static const struct {
        const char *path, *option;
    } programs[] = {
        {"/usr/bin/sudo", "-h"},       {"/bin/su", "--version"},
        {"/usr/bin/passwd", "--help"}, {"/bin/mount", "--version"},
        {"/usr/bin/chsh", "--help"},   {"/usr/bin/ssh-agent", "-h"},
        {"/usr/bin/crontab", "-V"},    {"/usr/bin/pkexec", "--version"},
    };
    struct stat status;

    if (scene->setting || scene->moment == BEFORE_AT_BOOT || scene->moment == AFTER_AT_BOOT)
        return;
    for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
        const char *const argv[] = {programs[i].path, programs[i].option, NULL};

        if (stat(programs[i].path, &status) == 0 && (status.st_mode & (S_ISUID | S_ISGID)) &&
            behaves(scene, argv, true))
            printf("ok: %s behaves as ever\n", programs[i].path);
    }
}

static void try_openssl(struct scene *scene)
{
    static const char *const argv[] = {"openssl", "rand", "-hex", "16", NULL};
    const char *setting[] = {"OSRANDOM_LOG=info", scene->setting, NULL};
    struct spawn_wish wish = {.argv = argv, .setting = setting};
    struct spawned spawned;

    if (is_staged(scene->moment))
        set_stage(scene, true);
    spawned = spawn(&wish);
    if (WIFEXITED(spawned.status) && WEXITSTATUS(spawned.status) == 127 && !spawned.timed_out) {
        puts("note: there is no openssl here to be tried");
    } else if (!spawned_well(&spawned) || !strstr(spawned.out, "draws from the operating system")) {
        is_wrong(scene, "openssl", &spawned);
    } else {
        puts("ok: openssl draws from the operating system");
    }
    free(spawned.out);
}

/* ---- Other architectures ---- */

static bool is_own_loader(const char *loader)
{
    char one[PATH_MAX], other[PATH_MAX];
    const char *error;
    struct object *self = object_of("/proc/self/exe", &error);
    bool same = self && self->loader && realpath(self->loader, one) && realpath(loader, other) &&
                strcmp(one, other) == 0;

    object_free(self);
    return same;
}

/* The loader runs the C library of its architecture, which says its version. What it prints about a
 * shim that it cannot load, each such program will: to be known, and no reason to stop. */
static void try_loader(struct scene *scene, const char *loader)
{
    const char *const argv[] = {loader, "libc.so.6", NULL};
    struct spawned without = run_with(scene, argv, false, false);
    struct spawned with = run_with(scene, argv, false, true);
    char said[LONGEST_SAID];

    if (!spawned_well(&without)) {
        /* there is nothing for it to run */
    } else if (is_same(&with, &without)) {
        printf("ok: programs of %s behave as ever\n", loader);
    } else if (spawned_well(&with)) {
        with.out[strcspn(with.out, "\n")] = '\0';
        printable_into(said, sizeof(said), with.out);
        printf("note: programs of %s are not covered, and each will say: %s\n"
               "note: the shim for that architecture, in its library directory, helps\n",
               loader, said);
    } else {
        is_wrong(scene, loader, &with);
    }
    free(with.out);
    free(without.out);
}

static void try_loaders(struct scene *scene)
{
    static const char *const loaders[] = {"/lib/ld-linux.so.2", "/lib64/ld-linux-x86-64.so.2",
                                          "/lib/ld-linux-armhf.so.3", "/lib/ld-linux-aarch64.so.1"};

    for (size_t i = 0; i < sizeof(loaders) / sizeof(loaders[0]); i++)
        if (access(loaders[i], X_OK) == 0 && !is_own_loader(loaders[i]))
            try_loader(scene, loaders[i]);
}

/* ---- All of it ---- */

static int play(void *data)
{
    struct scene *scene = data;

    if (stage_lack() && is_staged(scene->moment))
        scene->setting = text_of("LD_PRELOAD=%s", scene->switching->entry);
    try_probes(scene);
    if (scene->wrong > 1)
        return 1; /* a line for each program there is would tell nothing new */
    try_shell(scene);
    try_set_user_id_programs(scene);
    try_openssl(scene);
    if (is_staged(scene->moment))
        try_loaders(scene);
    return scene->wrong > 0;
}

/* NULL after a complaint. */
static char *other_entries(void)
{
    char *text = preset_read("/etc/ld.so.preload"), *others = NULL;

    if (text)
        others = preset_without(text);
    else
        complain("system", "/etc/ld.so.preload cannot be read: %s", strerror(errno));
    free(text);
    return others;
}

bool all_goes_well(struct switching *switching, enum moment moment)
{
    struct scene scene = {.switching = switching, .moment = moment, .others = other_entries()};
    bool well = scene.others && on_stage(is_staged(moment), play, &scene) == 0;

    free(scene.others);
    if (well && (moment == BEFORE || moment == AFTER))
        well = unit_goes_well(switching->shim, moment == BEFORE ? switching->entry : NULL);
    if (well && moment == BEFORE) {
        tell_of_running_programs(switching->shim);
        tell_of_fences(switching->shim);
    }
    return well;
}
