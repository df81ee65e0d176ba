/*
 * See modules.h. Where modules lie is told from the library's own place, as distributions have it.
 */
#include "modules.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { MOST_MODULES = 500 };

static const struct known {
    const char *name;
    const char *place; /* a pattern below the library's directory; NULL: none */
} table[] = {
    /* parts of their own, or libraries that stand in their text */
    {"libcrypto", NULL},
    {"libssl", NULL},
    {"libc", NULL},
    {"libdl", NULL},
    {"libss", NULL},
    {"libselinux", NULL},
    {"libsemanage", NULL},
    {"libproc2", NULL},
    {"libprocps", NULL},
    {"libncurses", NULL},
    {"libncursesw", NULL},
    {"libtinfo", NULL},
    {"libmount", NULL},
    {"libicuuc", NULL},
    {"libgomp", NULL},
    {"libnuma", NULL},
    {"libX11", NULL},
    {"libsystemd", NULL},
    {"libudev", NULL},
    {"libtss2", NULL},
    /* what their callers ask for, who count by that: is_loader() in object_symbols.c */
    {"libapr", NULL},
    {"libgmodule", NULL},
    {"libltdl", NULL},
    {"libuv", NULL},
    {"libsqlite3", NULL},
    {"libnspr4", NULL},
    {"libxml2", NULL},
    /* modules of others */
    {"libpam", "security/*.so"},
    {"libsasl2", "sasl2/*.so"},
    {"libkrb5support", "krb5/plugins/*/*.so"},
    {"libp11-kit", "pkcs11/*.so"},
    {"libaprutil", "apr-util-1/*.so"},
    {"libmariadb", "libmariadb3/plugin/*.so"},
    {"libcryptsetup", "cryptsetup/*.so"},
    {"libxtables", "xtables/*.so"},
};

static const struct known *find(const struct object *library)
{
    const char *slash = strrchr(library->path, '/');
    const char *name = slash ? slash + 1 : library->path;

    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        size_t length = strlen(table[i].name);

        if (strncmp(name, table[i].name, length) == 0 &&
            (name[length] == '.' || name[length] == '-'))
            return &table[i];
    }
    return NULL;
}

bool modules_are_known(const struct object *library)
{
    return find(library);
}

char **modules_of(const struct object *library, size_t *count)
{
    const struct known *known = find(library);
    const char *slash = strrchr(library->path, '/');
    char **modules = NULL;
    char *pattern;
    glob_t files;

    *count = 0;
    if (!known || !known->place || !slash)
        return NULL;
    pattern = text_of("%.*s/%s", (int)(slash - library->path), library->path, known->place);
    if (glob(pattern, 0, NULL, &files) == 0) {
        for (size_t i = 0; i < files.gl_pathc && *count < MOST_MODULES; i++) {
            modules = grown(modules, *count, sizeof(*modules));
            modules[(*count)++] = text_of("%s", files.gl_pathv[i]);
        }
        globfree(&files);
    }
    free(pattern);
    return modules;
}

void modules_free(char **modules, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(modules[i]);
    free(modules);
}
