/*
 * See symbol_objects.h.
 */
#include "symbol_objects.h"

#include <criterion/criterion.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spawn.h"

static int take_image(struct dl_phdr_info *info, size_t size, void *argument)
{
    struct mapped_object *object = argument;

    (void)size;
    if (strcmp(info->dlpi_name, object->path) != 0)
        return 0;
    return elf_image_read(&object->image, info->dlpi_addr, info->dlpi_phdr, info->dlpi_phnum);
}

void replace_file(const char *path, const char *name)
{
    char source[128], beside[160];
    struct outcome copied;

    snprintf(source, sizeof(source), "tests/unit/%s", name);
    snprintf(beside, sizeof(beside), "%s.new", path);
    copied = run_words(NULL, NULL, NULL, "cp", built(source), beside, NULL);
    cr_assert(copied.exit_code == 0 && rename(beside, path) == 0, "%s", copied.err);
    outcome_free(&copied);
}

struct mapped_object map_object(const char *name)
{
    struct mapped_object object = {.path = "/tmp/osrandom-symbols-XXXXXX"};

    cr_assert(mkdtemp(object.path) != NULL);
    strcat(object.path, "/object.so");
    replace_file(object.path, name);
    object.handle = dlopen(object.path, RTLD_NOW | RTLD_LOCAL);
    cr_assert(object.handle != NULL, "%s", dlerror());
    cr_assert(dl_iterate_phdr(take_image, &object) == 1);
    return object;
}

void *function_of(const struct mapped_object *object, int copy, int which)
{
    void *(*function)(int);
    char name[32];

    snprintf(name, sizeof(name), "function_of_copy_%d", copy);
    *(void **)&function = dlsym(object->handle, name);
    cr_assert(function != NULL);
    return function(which);
}

enum symbol_file_answer look(const struct mapped_object *object, int copy,
                             void *first_and_second[2])
{
    struct wanted_symbol wanted[] = {{.name = "copied_first"}, {.name = "copied_second"}};
    const char *code = copy ? function_of(object, copy, CODE) : NULL;
    enum symbol_file_answer answer =
        symbol_file_find(&object->image, object->path, code ? code + 1 : NULL, wanted, 2);

    first_and_second[0] = wanted[0].address;
    first_and_second[1] = wanted[1].address;
    return answer;
}
