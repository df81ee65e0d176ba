/*
 * Objects that are mapped and looked for in their files, for the tests of preload/symbol_file.
 */
#ifndef OSRANDOM_TESTS_SYMBOL_OBJECTS_H
#define OSRANDOM_TESTS_SYMBOL_OBJECTS_H

#include "symbol_file.h"

struct mapped_object {
    char path[128];
    void *handle;
    struct elf_image image;
};

enum { CODE, FIRST, SECOND };

/* Puts a library of the build, as build/tests/unit/NAME, into a directory of its own and loads it.
 */
struct mapped_object map_object(const char *name);

/* The function of a copy in it, as the object itself knows it. */
void *function_of(const struct mapped_object *object, int copy, int which);

/* Looks for the two functions of the copy that asks, 0 for none; the addresses are those that are
 * answered. */
enum symbol_file_answer look(const struct mapped_object *object, int copy,
                             void *first_and_second[2]);

/* A file of the build takes the place of another, by rename(). */
void replace_file(const char *path, const char *name);

#endif
