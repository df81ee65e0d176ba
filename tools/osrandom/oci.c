/*
 * osrandom oci: has a container's programs preload the shim, by the configuration of its bundle
 * (runtime-spec, config.json), whatever the image is. What is there stays: LD_PRELOAD grows, and a
 * mount is added.
 */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"

#define SHIM_INSIDE "/usr/local/lib/libosrandom_preload.so"

static const char help[] =
    "Usage: osrandom oci CONFIG.json...\n"
    "Changes the configuration of an OCI bundle, as runc and crun take it: the shim is\n"
    "mounted read-only at " SHIM_INSIDE ",\n"
    "and appended to LD_PRELOAD. A second time changes nothing.\n\n"
    "Exit status: 0 done, 125 osrandom failed.\n";

static const struct option options[] = {OPTIONS_FOR_ALL};

/* ---- What is to be there ---- */

static bool names_shim(const char *list)
{
    const size_t length = sizeof(SHIM_INSIDE) - 1;

    for (list = strchr(list, '=') + 1; *list; list += strspn(list, " :")) {
        size_t size = strcspn(list, " :");

        if (size == length && memcmp(list, SHIM_INSIDE, length) == 0)
            return true;
        list += size;
    }
    return false;
}

static bool append_to_preload(json_t *env)
{
    static const char name[] = "LD_PRELOAD=";
    size_t i;
    json_t *entry;

    json_array_foreach(env, i, entry)
    {
        const char *old = json_string_value(entry);
        char *longer;

        if (!old || strncmp(old, name, sizeof(name) - 1) != 0)
            continue;
        if (names_shim(old))
            return true;
        longer = text_of("%s%s" SHIM_INSIDE, old, old[sizeof(name) - 1] ? ":" : "");
        json_array_set_new(env, i, json_string(longer));
        free(longer);
        return true;
    }
    return json_array_append_new(env, json_string("LD_PRELOAD=" SHIM_INSIDE)) == 0;
}

static bool add_mount(json_t *mounts, const char *shim)
{
    size_t i;
    json_t *mount;

    json_array_foreach(mounts, i, mount)
    {
        const char *at = json_string_value(json_object_get(mount, "destination"));

        if (at && strcmp(at, SHIM_INSIDE) == 0)
            return json_object_set_new(mount, "source", json_string(shim)) == 0;
    }
    return json_array_append_new(mounts, json_pack("{s:s, s:s, s:s, s:[s,s,s,s]}", "destination",
                                                   SHIM_INSIDE, "type", "bind", "source", shim,
                                                   "options", "bind", "ro", "nosuid", "nodev")) ==
           0;
}

/* The array of that name, made if there is none; NULL if something else has the name. */
static json_t *array_in(json_t *object, const char *name)
{
    json_t *array = json_object_get(object, name);

    if (!array && json_object_set_new(object, name, json_array()) == 0)
        array = json_object_get(object, name);
    return json_is_array(array) ? array : NULL;
}

static bool change(json_t *config, const char *shim)
{
    json_t *process = json_object_get(config, "process");
    json_t *env = json_is_object(process) ? array_in(process, "env") : NULL;
    json_t *mounts = array_in(config, "mounts");

    return env && mounts && append_to_preload(env) && add_mount(mounts, shim);
}

/* ---- The file ---- */

/* Beside, then renamed, with the mode and the owner that it had. */
static bool replace(const char *path, const json_t *config)
{
    char *beside = text_of("%s.osrandom-new", path);
    struct stat before;
    int file, error;
    bool well;

    unlink(beside);
    file = open(path, O_RDONLY | O_CLOEXEC);
    well = file >= 0 && fstat(file, &before) == 0;
    if (file >= 0)
        close(file);
    file = well ? open(beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600) : -1;
    well = file >= 0 && json_dumpfd(config, file, JSON_INDENT(4)) == 0 &&
           write(file, "\n", 1) == 1 && fchown(file, before.st_uid, before.st_gid) == 0 &&
           fchmod(file, before.st_mode & 07777) == 0;
    if (file >= 0 && close(file) != 0)
        well = false;
    well = well && rename(beside, path) == 0;
    error = errno;
    if (!well)
        unlink(beside);
    free(beside);
    errno = error;
    return well;
}

static int change_file(const char *name, const char *shim)
{
    char *path = realpath(name, NULL);
    json_error_t error;
    json_t *config;
    int status = 0;

    if (!path)
        return complain("oci", "%s: %s", name, strerror(errno));
    config = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    if (!config)
        status = complain("oci", "%s, line %d: %s", name, error.line, error.text);
    else if (!change(config, shim))
        status = complain("oci", "%s has no process to be preloaded into", name);
    else if (!replace(path, config))
        status = complain("oci", "%s cannot be written: %s", name, strerror(errno));
    json_decref(config);
    free(path);
    return status;
}

int oci_main(int argc, char **argv)
{
    const char *found = shim_path();
    char shim[PATH_MAX];
    int option, status = 0;

    opterr = 0;
    while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1)
        return common_option(option, argv, help);
    if (optind == argc)
        return complain("oci", "which config.json? See 'osrandom oci --help'");
    if (!found || !realpath(found, shim))
        return complain("oci", "libosrandom_preload.so is neither beside osrandom nor in %s",
                        OSRANDOM_LIBDIR);
    for (int i = optind; i < argc; i++)
        if (change_file(argv[i], shim) != 0)
            status = EXIT_OSRANDOM;
    return finish("oci", status);
}
