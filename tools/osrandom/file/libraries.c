/*
 * See libraries.h.
 */
#include "libraries.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "directories.h"

struct search {
    const struct object *program;
    char *origin; /* the program's directory */
    char *system; /* directories, colons between */
};

/* ---- One library ---- */

static char *directory_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? text_of("%.*s", (int)(slash - path), path) : text_of(".");
}

/* Of a program that was started by a link, the loader knows only where the file itself lies: it
 * asks /proc/self/exe. */
static char *origin_of_program(const struct object *program)
{
    char real[PATH_MAX];

    return directory_of(realpath(program->path, real) ? real : program->path);
}

/* $ORIGIN is where the object lies that the list stands in: a library by the name that it was found
 * by. $LIB and $PLATFORM depend on the loader; such directories are passed over. */
static char *expand(const char *directory, size_t length, const struct object *object,
                    const struct search *search)
{
    static const char *const names[] = {"$ORIGIN", "${ORIGIN}"};
    bool is_program = object == search->program;
    char *origin = object && !is_program ? directory_of(object->path) : NULL;
    char *plain = text_of("%.*s", (int)length, directory);

    for (size_t i = 0; object && i < 2; i++) {
        char *at = strstr(plain, names[i]);
        char *expanded;

        if (!at)
            continue;
        expanded = text_of("%.*s%s%s", (int)(at - plain), plain,
                           is_program ? search->origin : origin, at + strlen(names[i]));
        free(plain);
        plain = expanded;
    }
    free(origin);
    return plain;
}

static struct object *read_fitting(const char *path, const struct search *search)
{
    const char *error;
    struct object *object = object_of(path, &error);

    if (object && object->machine == search->program->machine &&
        object->class == search->program->class)
        return object;
    object_free(object);
    return NULL;
}

/* Looks through directories with colons, or semicolons, between. */
static struct object *look_through(const char *list, const char *name, const struct object *origin,
                                   const struct search *search)
{
    struct object *found = NULL;

    while (!found && list && *list) {
        size_t length = strcspn(list, ":;");
        char *directory = expand(list, length, origin, search);
        char *path = text_of("%s/%s", *directory ? directory : ".", name);

        if (!strchr(directory, '$'))
            found = read_fitting(path, search);
        free(path);
        free(directory);
        list += length;
        list += *list != '\0';
    }
    return found;
}

/* In the order that ld.so(8) gives. */
static struct object *find_library(const char *name, const struct object *needed_by,
                                   const struct search *search)
{
    struct object *found = NULL;

    if (strchr(name, '/'))
        return read_fitting(name, search);
    if (!needed_by->runpath) {
        found = look_through(needed_by->rpath, name, needed_by, search);
        if (!found && !search->program->runpath)
            found = look_through(search->program->rpath, name, search->program, search);
    }
    if (!found)
        found = look_through(getenv("LD_LIBRARY_PATH"), name, search->program, search);
    if (!found)
        found = look_through(needed_by->runpath, name, needed_by, search);
    return found ? found : look_through(search->system, name, NULL, search);
}

/* ---- All of them ---- */

static bool is_found(const struct libraries *libraries, const struct object *object)
{
    for (size_t i = 0; i < libraries->count; i++)
        if (libraries->found[i].object->device == object->device &&
            libraries->found[i].object->inode == object->inode)
            return true;
    return false;
}

/* The loader takes a name that it has met for the same library. */
static bool has_name(const struct libraries *libraries, const char *name)
{
    for (size_t i = 0; i < libraries->count; i++) {
        const char *slash = strrchr(libraries->found[i].object->path, '/');

        if (slash && strcmp(slash + 1, name) == 0)
            return true;
    }
    for (size_t i = 0; i < libraries->missing_count; i++)
        if (strcmp(libraries->missing[i], name) == 0)
            return true;
    return false;
}

static void add_needed(struct libraries *libraries, const struct object *object,
                       const struct search *search)
{
    for (size_t i = 0; i < object->needed_count; i++) {
        const char *name = object->needed[i];
        struct object *library;

        if (has_name(libraries, name))
            continue;
        library = find_library(name, object, search);
        if (!library) {
            libraries->missing =
                grown(libraries->missing, libraries->missing_count, sizeof(*libraries->missing));
            libraries->missing[libraries->missing_count++] = text_of("%s", name);
        } else if (is_found(libraries, library)) {
            object_free(library);
        } else {
            libraries->found = grown(libraries->found, libraries->count, sizeof(*libraries->found));
            libraries->found[libraries->count++] = (struct library){library, object};
        }
    }
}

struct libraries libraries_of(const struct object *program)
{
    struct search search = {program, origin_of_program(program), directories_of(program->loader)};
    struct libraries libraries = {0};

    add_needed(&libraries, program, &search);
    for (size_t i = 0; i < libraries.count; i++)
        add_needed(&libraries, libraries.found[i].object, &search);
    free(search.origin);
    free(search.system);
    return libraries;
}

void libraries_free(struct libraries *libraries)
{
    for (size_t i = 0; i < libraries->count; i++)
        object_free(libraries->found[i].object);
    for (size_t i = 0; i < libraries->missing_count; i++)
        free(libraries->missing[i]);
    free(libraries->found);
    free(libraries->missing);
}
