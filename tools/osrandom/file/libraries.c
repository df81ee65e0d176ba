/*
 * See libraries.h.
 */
#include "libraries.h"

#include <elf.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "directories.h"
#include "known.h"

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

static const struct object *read_fitting(const char *path, const struct search *search)
{
    const struct object *object = known_object(path);

    return object && object->machine == search->program->machine &&
                   object->class == search->program->class
               ? object
               : NULL;
}

/* Looks through directories with colons, or semicolons, between. */
static const struct object *look_through(const char *list, const char *name,
                                         const struct object *origin, const struct search *search)
{
    const struct object *found = NULL;

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
static const struct object *find_library(const char *name, const struct object *needed_by,
                                         const struct search *search)
{
    const struct object *found = NULL;

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
        const struct object *library;

        if (has_name(libraries, name))
            continue;
        if (libraries->count + libraries->missing_count >= MOST_LIBRARIES) {
            libraries->is_cut = true;
            return;
        }
        library = find_library(name, object, search);
        if (!library) {
            libraries->missing =
                grown(libraries->missing, libraries->missing_count, sizeof(*libraries->missing));
            libraries->missing[libraries->missing_count++] = text_of("%s", name);
        } else if (!is_found(libraries, library)) {
            libraries->found = grown(libraries->found, libraries->count, sizeof(*libraries->found));
            libraries->found[libraries->count++] = (struct library){library, object};
        }
    }
}

const char *usual_loader(const struct object *object)
{
    static const struct {
        unsigned int machine;
        const char *loader;
    } usual[] = {
        {EM_X86_64, "/lib64/ld-linux-x86-64.so.2"},
        {EM_386, "/lib/ld-linux.so.2"},
        {EM_AARCH64, "/lib/ld-linux-aarch64.so.1"},
        {EM_ARM, "/lib/ld-linux-armhf.so.3"},
        {EM_PPC64, "/lib64/ld64.so.2"},
        {EM_S390, "/lib/ld64.so.1"},
        {EM_RISCV, "/lib/ld-linux-riscv64-lp64d.so.1"},
    };

    for (size_t i = 0; !object->loader && i < sizeof(usual) / sizeof(usual[0]); i++)
        if (usual[i].machine == object->machine)
            return usual[i].loader;
    return object->loader;
}

static struct search search_of(const struct object *program)
{
    return (struct search){program, origin_of_program(program),
                           directories_of(usual_loader(program))};
}

static void search_free(struct search *search)
{
    free(search->origin);
    free(search->system);
}

struct libraries libraries_of_module(const struct object *module, const struct object *program)
{
    struct search search = search_of(program);
    struct libraries libraries = {0};

    add_needed(&libraries, module, &search);
    for (size_t i = 0; i < libraries.count; i++)
        add_needed(&libraries, libraries.found[i].object, &search);
    search_free(&search);
    return libraries;
}

struct libraries libraries_of(const struct object *program)
{
    return libraries_of_module(program, program);
}

const struct object *library_named(const char *name, const struct object *needed_by,
                                   const struct object *program)
{
    struct search search = search_of(program);
    const struct object *found = find_library(name, needed_by, &search);

    search_free(&search);
    return found;
}

void libraries_free(struct libraries *libraries)
{
    for (size_t i = 0; i < libraries->missing_count; i++)
        free(libraries->missing[i]);
    free(libraries->found);
    free(libraries->missing);
}
