/*
 * See libraries.h. The directories of /etc/ld.so.conf are read as ldconfig(8) reads them, rather
 * than its cache, whose format is glibc's own; musl has a file of its own.
 */
#include "libraries.h"

#include <ctype.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { DEEPEST_INCLUDE = 8 };

struct search {
    const struct object *program;
    char *system; /* directories, colons between */
};

static void add_directory(char **list, const char *directory)
{
    char *longer = text_of("%s%s%s", *list ? *list : "", *list ? ":" : "", directory);

    free(*list);
    *list = longer;
}

/* ---- The system's directories ---- */

static void read_conf(char **list, const char *path, int depth);

static void read_included(char **list, const char *conf, const char *pattern, int depth)
{
    const char *slash = strrchr(conf, '/');
    glob_t files;
    char *whole = *pattern == '/'
                      ? text_of("%s", pattern)
                      : text_of("%.*s/%s", slash ? (int)(slash - conf) : 0, conf, pattern);

    if (glob(whole, 0, NULL, &files) == 0) {
        for (size_t i = 0; i < files.gl_pathc; i++)
            read_conf(list, files.gl_pathv[i], depth + 1);
        globfree(&files);
    }
    free(whole);
}

static void read_conf(char **list, const char *path, int depth)
{
    FILE *file = depth < DEEPEST_INCLUDE ? fopen(path, "re") : NULL;
    size_t room = 0;
    char *line = NULL;

    while (file && getline(&line, &room, file) > 0) {
        char *state = NULL, *word;

        line[strcspn(line, "#\n")] = '\0';
        word = strtok_r(line, " \t,:", &state);
        if (word && strcmp(word, "include") == 0) {
            while ((word = strtok_r(NULL, " \t", &state)))
                read_included(list, path, word, depth);
            continue;
        }
        for (; word; word = strtok_r(NULL, " \t,:", &state))
            if (*word == '/')
                add_directory(list, word);
    }
    free(line);
    if (file)
        fclose(file);
}

/* /lib/ld-musl-x86_64.so.1 has its directories in /etc/ld-musl-x86_64.path, a colon or a line
 * between. */
static char *musl_directories(const char *loader_name)
{
    size_t length = strcspn(loader_name, ".");
    char *path = text_of("/etc/%.*s.path", (int)length, loader_name);
    FILE *file = fopen(path, "re");
    char *text = NULL;
    size_t room = 0;

    free(path);
    if (!file)
        return text_of("/lib:/usr/local/lib:/usr/lib");
    if (getdelim(&text, &room, '\0', file) < 0) {
        free(text);
        text = text_of("%s", "");
    }
    for (char *c = text; *c; c++)
        if (*c == '\n')
            *c = ':';
    fclose(file);
    return text;
}

static char *system_directories(const char *loader)
{
    const char *slash = loader ? strrchr(loader, '/') : NULL;
    char *list = NULL;

    if (slash && strncmp(slash + 1, "ld-musl-", strlen("ld-musl-")) == 0)
        return musl_directories(slash + 1);
    read_conf(&list, "/etc/ld.so.conf", 0);
    if (slash) {
        char *directory = text_of("%.*s", (int)(slash - loader), loader);

        add_directory(&list, directory);
        free(directory);
    }
    add_directory(&list, "/lib64:/usr/lib64:/lib:/usr/lib");
    return list;
}

/* ---- One library ---- */

/* $ORIGIN is where the object lies that the list stands in. $LIB and $PLATFORM depend on the
 * loader; such directories are passed over. */
static char *expand(const char *directory, size_t length, const struct object *object)
{
    static const char *const names[] = {"$ORIGIN", "${ORIGIN}"};
    const char *slash = object ? strrchr(object->path, '/') : NULL;
    char *plain = text_of("%.*s", (int)length, directory);

    for (size_t i = 0; slash && i < 2; i++) {
        char *at = strstr(plain, names[i]);
        char *expanded;

        if (!at)
            continue;
        expanded = text_of("%.*s%.*s%s", (int)(at - plain), plain, (int)(slash - object->path),
                           object->path, at + strlen(names[i]));
        free(plain);
        plain = expanded;
    }
    return plain;
}

static struct object *read_fitting(const char *path, const struct search *search)
{
    const char *error;
    struct object *object = object_read(path, &error);

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
        char *directory = expand(list, length, origin);
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
    struct search search = {program, system_directories(program->loader)};
    struct libraries libraries = {0};

    add_needed(&libraries, program, &search);
    for (size_t i = 0; i < libraries.count; i++)
        add_needed(&libraries, libraries.found[i].object, &search);
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
