/*
 * Reads the tree.env of an unpacked tree.
 */
#include "trees.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *format(const char *pattern, const char *one, const char *other)
{
    char *text = NULL;

    if (asprintf(&text, pattern, one, other) < 0)
        abort();
    return text;
}

static char *root_of(const char *name)
{
    const char *cache = getenv("XDG_CACHE_HOME");
    const char *home = getenv("HOME");

    if (cache && *cache)
        return format("%s/osrandom/trees/%s", cache, name);
    return format("%s/.cache/osrandom/trees/%s", home ? home : "", name);
}

static void take(struct tree *tree, const char *key, const char *value)
{
    const struct {
        const char *key;
        const char **field;
    } fields[] = {
        {"LOADER", &tree->loader},       {"LIBDIRS", &tree->libraries}, {"OPENSSL", &tree->openssl},
        {"LIBCRYPTO", &tree->libcrypto}, {"LIBSSL", &tree->libssl},     {"VERSION", &tree->version},
        {"GLIBC", &tree->glibc},
    };

    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
        if (strcmp(key, fields[i].key) == 0)
            *fields[i].field = strdup(value);
}

const struct tree *tree_named(const char *name)
{
    struct tree *tree = calloc(1, sizeof(*tree));
    char *root = root_of(name);
    char *path = format("%s/%s", root, "tree.env");
    FILE *file = fopen(path, "re");
    char line[4096];

    free(path);
    if (!file || !tree) {
        if (file)
            fclose(file);
        free(root);
        free(tree);
        return NULL;
    }
    tree->name = strdup(name);
    tree->root = root;
    while (fgets(line, sizeof(line), file)) {
        char *value = strchr(line, '=');

        line[strcspn(line, "\n")] = '\0';
        if (!value)
            continue;
        *value++ = '\0';
        if (*value == '"' || *value == '\'') {
            value++;
            value[strcspn(value, "\"'")] = '\0';
        }
        take(tree, line, value);
    }
    fclose(file);
    return tree;
}

const char *built(const char *file)
{
    char *path = format("%s/%s", BUILD_DIR, file);
    char *absolute = realpath(path, NULL);

    if (!absolute) {
        fprintf(stderr, "%s is not built; run make first\n", path);
        exit(1);
    }
    free(path);
    return absolute;
}

const char *the_shim(void)
{
    return built("libosrandom_preload.so");
}

const char *the_ledger_shim(void)
{
    return built("ledger/libosrandom_preload.so");
}
