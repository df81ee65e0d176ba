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
#include <sys/stat.h>

#include "base/memory.h"

enum { DEEPEST_INCLUDE = 8, LARGEST_LOADER = 16 << 20 };

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
    struct stat status;
    bool is_file = stat(loader, &status) == 0 && S_ISREG(status.st_mode); /* else not even opened */
    FILE *file = is_file && status.st_size < LARGEST_LOADER ? fopen(loader, "re") : NULL;
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

char *directories_of(const char *loader)
{
    const char *slash = loader ? strrchr(loader, '/') : NULL;
    char *list = NULL;

    if (slash && strncmp(slash + 1, "ld-musl-", strlen("ld-musl-")) == 0)
        return musl_directories(slash + 1);
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
