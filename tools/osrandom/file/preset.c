/*
 * See preset.h: do_preload() and its like in glibc's elf/rtld.c.
 */
#include "preset.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "directories.h"
#include "known.h"
#include "libraries.h"
#include "regular.h"

enum { LARGEST_PRESET = 1 << 16 };

bool preset_is_shim(const char *entry, size_t length)
{
    static const char name[] = "libosrandom_preload.so";
    const size_t name_length = sizeof(name) - 1;

    return length >= name_length && memcmp(entry + length - name_length, name, name_length) == 0 &&
           (length == name_length || entry[length - name_length - 1] == '/');
}

static char *expand_lib(char *path, const struct object *program)
{
    static const char *const names[] = {"$LIB", "${LIB}"};

    for (size_t i = 0; i < 2; i++) {
        char *at = strstr(path, names[i]);
        char *lib, *expanded;

        if (!at)
            continue;
        lib = loaders_lib(usual_loader(program));
        expanded = text_of("%.*s%s%s", (int)(at - path), path, lib, at + strlen(names[i]));
        free(lib);
        free(path);
        path = expanded;
    }
    return path;
}

char *preset_file(const char *entry, size_t length, const struct object *program)
{
    char *path = expand_lib(text_of("%.*s", (int)length, entry), program);
    const struct object *found =
        strchr(path, '/') ? known_object(path) : library_named(path, program, program);

    free(path);
    return found && found->machine == program->machine && found->class == program->class
               ? text_of("%s", found->path)
               : NULL;
}

static enum preset judge(const char *entry, size_t length, const struct object *program)
{
    char *file = preset_file(entry, length, program);
    enum preset preset = PRESET_UNFIT;
    struct stat status;

    if (file && memchr(entry, '/', length))
        preset = PRESET_HONOURED;
    else if (file)
        preset = stat(file, &status) == 0 && (status.st_mode & S_ISUID) ? PRESET_HONOURED
                                                                        : PRESET_BY_NAME;
    free(file);
    return preset;
}

enum preset preset_of(const struct object *program)
{
    bool is_musl = program->loader && strstr(program->loader, "/ld-musl-");
    FILE *file = is_musl ? NULL : regular_stream("/etc/ld.so.preload", LARGEST_PRESET);
    enum preset best = PRESET_NONE;
    size_t room = 0;
    char *line = NULL;

    while (file && getline(&line, &room, file) > 0) {
        char *state = NULL;

        line[strcspn(line, "#\n")] = '\0';
        for (char *entry = strtok_r(line, " \t:", &state); entry;
             entry = strtok_r(NULL, " \t:", &state)) {
            enum preset preset =
                preset_is_shim(entry, strlen(entry)) ? judge(entry, strlen(entry), program) : 0;

            best = preset > best ? preset : best;
        }
    }
    free(line);
    if (file)
        fclose(file);
    return best;
}
