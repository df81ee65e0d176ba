/*
 * See directories.h. The directories of /etc/ld.so.conf are read as ldconfig(8) reads them, rather
 * than its cache, whose format is glibc's own matter.
 */
#include "directories.h"

#include <ctype.h>
#include <glob.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "regular.h"

enum {
    DEEPEST_INCLUDE = 8,
    MOST_FILES = 1000, /* that include one another */
    LARGEST_CONF = 1 << 20,
    LARGEST_LOADER = 16 << 20,
};

static unsigned int files_left;

static void add_directory(char **list, const char *directory)
{
    char *longer = text_of("%s%s%s", *list ? *list : "", *list ? ":" : "", directory);

    free(*list);
    *list = longer;
}

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
    bool may = depth < DEEPEST_INCLUDE && files_left > 0 && files_left--;
    FILE *file = may ? regular_stream(path, LARGEST_CONF) : NULL;
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
    FILE *file = regular_stream(path, LARGEST_CONF);
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

static bool is_directory_name(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!isgraph((unsigned char)text[i]))
            return false;
    return length > 1 && text[0] == '/' && text[length - 1] == '/';
}

/* Those that glibc was built with are texts in its loader, and the only ones that end with a slash
 * there. Debian's are /lib/x86_64-linux-gnu/ and its like, which an image FROM scratch has in no
 * ld.so.conf. */
static void add_built_in(char **list, const char *loader)
{
    FILE *file = regular_stream(loader, LARGEST_LOADER);
    size_t room = 0;
    char *text = NULL;

    for (ssize_t length; file && (length = getdelim(&text, &room, '\0', file)) > 0;)
        if (is_directory_name(text, (size_t)length - 1)) {
            text[length - 2] = '\0'; /* the slash */
            add_directory(list, text);
        }
    free(text);
    if (file)
        fclose(file);
}

static char *look_up(const char *loader)
{
    const char *slash = loader ? strrchr(loader, '/') : NULL;
    char *list = NULL;

    if (slash && strncmp(slash + 1, "ld-musl-", strlen("ld-musl-")) == 0)
        return musl_directories(slash + 1);
    files_left = MOST_FILES;
    read_conf(&list, "/etc/ld.so.conf", 0);
    if (slash) {
        char *directory = text_of("%.*s", (int)(slash - loader), loader);

        add_built_in(&list, loader);
        add_directory(&list, directory);
        free(directory);
    }
    add_directory(&list, "/lib64:/usr/lib64:/lib:/usr/lib");
    return list;
}

/* Most programs have the same loader. */
char *directories_of(const char *loader)
{
    static char *last_loader, *last_list;

    if (!last_list || strcmp(last_loader, loader ? loader : "") != 0) {
        free(last_loader);
        free(last_list);
        last_loader = text_of("%s", loader ? loader : "");
        last_list = look_up(loader);
    }
    return text_of("%s", last_list);
}

char *loaders_lib(const char *loader)
{
    char *list = NULL, *lib = NULL, *state = NULL;

    add_built_in(&list, loader);
    for (char *one = list ? strtok_r(list, ":", &state) : NULL; one && !lib;
         one = strtok_r(NULL, ":", &state))
        if (strncmp(one, "/usr/", strlen("/usr/")) != 0)
            lib = text_of("%s", one + 1);
    free(list);
    return lib ? lib : text_of("lib");
}
