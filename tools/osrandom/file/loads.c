/*
 * See loads.h. A library that calls dlopen() loads what its text names, the modules that are known
 * to be its own (modules.h), or anything.
 */
#include "loads.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "known.h"
#include "modules.h"

struct inquiry {
    const struct object *program;
    const struct libraries *libraries;
    struct loads loads;
};

static void add_fact(struct inquiry *inquiry, char *fact)
{
    struct loads *loads = &inquiry->loads;

    loads->facts = grown(loads->facts, loads->fact_count, sizeof(*loads->facts));
    loads->facts[loads->fact_count++] = fact;
}

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/* ---- What comes with an object ---- */

enum brought brought_inside(const struct object *object)
{
    switch (object_inside(object)) {
    case INSIDE_EXPORTED:
        return object_takes_no_method(object) ? BRINGS_UNPINNED : BRINGS_OPENSSL;
    case INSIDE_SYMBOLS:
        return BRINGS_OPENSSL;
    case INSIDE_STRIPPED:
        return BRINGS_GUARDED;
    case INSIDE_SILENT:
        return BRINGS_UNPINNED;
    default:
        return BRINGS_NOTHING;
    }
}

static bool is_linked(const struct inquiry *inquiry, const struct object *object)
{
    for (size_t i = 0; i < inquiry->libraries->count; i++)
        if (inquiry->libraries->found[i].object->inode == object->inode &&
            inquiry->libraries->found[i].object->device == object->device)
            return true;
    return false;
}

/* The gravest of the object and its libraries, and which one that is. */
static enum brought brought_by(const struct inquiry *inquiry, const struct object *object,
                               const struct object **which)
{
    struct libraries libraries = libraries_of_module(object, inquiry->program);
    enum brought gravest = brought_inside(object);

    *which = object;
    for (size_t i = 0; i < libraries.count; i++) {
        enum brought brought = brought_inside(libraries.found[i].object);

        if (brought <= gravest || is_linked(inquiry, libraries.found[i].object))
            continue;
        gravest = brought;
        *which = libraries.found[i].object;
    }
    libraries_free(&libraries);
    return gravest;
}

/* ---- What is loaded ---- */

static void note_loaded(struct inquiry *inquiry, const struct object *by,
                        const struct object *loaded)
{
    static const char *const whats[] = {
        [BRINGS_OPENSSL] = "an OpenSSL",
        [BRINGS_GUARDED] = "a hidden copy of OpenSSL",
        [BRINGS_UNPINNED] = "an OpenSSL that cannot be pinned",
    };
    const struct object *which;
    enum brought brought;

    if (!loaded || is_linked(inquiry, loaded))
        return;
    brought = brought_by(inquiry, loaded, &which);
    if (brought == BRINGS_NOTHING)
        return;
    if (brought > inquiry->loads.known)
        inquiry->loads.known = brought;
    if (which == loaded)
        add_fact(inquiry, text_of("%s can load %s with dlopen: %s", last_part(by->path),
                                  loaded->path, whats[brought]));
    else
        add_fact(inquiry, text_of("%s can load %s with dlopen, which is linked to %s: %s",
                                  last_part(by->path), loaded->path, last_part(which->path),
                                  whats[brought]));
}

static bool fits(const struct inquiry *inquiry, const struct object *object)
{
    return object && object->machine == inquiry->program->machine &&
           object->class == inquiry->program->class;
}

static void note_known(struct inquiry *inquiry, const struct object *by)
{
    size_t count;
    char **modules = modules_of(by, &count);

    for (size_t i = 0; i < by->named_count; i++)
        note_loaded(inquiry, by, library_named(by->named[i], by, inquiry->program));
    for (size_t i = 0; i < count; i++) {
        const struct object *module = known_object(modules[i]);

        if (fits(inquiry, module))
            note_loaded(inquiry, by, module);
    }
    modules_free(modules, count);
}

static void note(struct inquiry *inquiry, const struct object *by)
{
    if (!by->imports_loader)
        return;
    note_known(inquiry, by);
    if (by != inquiry->program && modules_are_known(by))
        return;
    if (!by->loader && brought_inside(by) != BRINGS_NOTHING) /* OpenSSL calls it for its own ends */
        return;
    if (by != inquiry->program && !inquiry->program->loader) /* a module of the interpreter by */
        return;
    inquiry->loads.unknown_modules = true;
    add_fact(inquiry, text_of("%s can load modules with dlopen", last_part(by->path)));
}

struct loads loads_of(const struct object *program, const struct libraries *libraries)
{
    struct inquiry inquiry = {.program = program, .libraries = libraries};

    note(&inquiry, program);
    for (size_t i = 0; i < libraries->count; i++)
        note(&inquiry, libraries->found[i].object);
    return inquiry.loads;
}
