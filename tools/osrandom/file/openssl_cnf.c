/*
 * See openssl_cnf.h. A file is cut into lines, a line that ends with a backslash goes on in the
 * next; then comments go, and what is left is a section, a directive or a value. An include is read
 * in its place, and the section that it ends in is that of the lines behind it.
 */
#include "openssl_cnf.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/memory.h"
#include "regular.h"

enum {
    LARGEST_FILE = 1 << 18,
    LARGEST_VALUE = 1 << 16, /* as in OpenSSL */
    MOST_BYTES = 4 << 20,    /* of all values */
    MOST_ENTRIES = 4096,
    MOST_FILES = 64,
    MOST_NAMES = 4096, /* in a directory */
    DEEPEST = 8,
};

static const char not_understood[] = "a line of it is not understood";
static const char too_much[] = "there is more of it than is looked at";

/* The first one stays. */
static void doubt(struct cnf *cnf, const char *why)
{
    if (!cnf->doubt)
        cnf->doubt = why;
}

/* Something may stand where nothing was read. */
static void doubt_rest(struct cnf *cnf, const char *why)
{
    doubt(cnf, why);
    cnf->is_whole = false;
}

/* ---- Entries ---- */

static size_t find(const struct cnf *cnf, const char *section, const char *name)
{
    size_t i = 0;

    while (i < cnf->count &&
           (!cnf->entries[i].name != !name || strcmp(cnf->entries[i].section, section) != 0 ||
            (name && strcmp(cnf->entries[i].name, name) != 0)))
        i++;
    return i;
}

static void free_entry(struct cnf_entry *entry)
{
    free(entry->section);
    free(entry->name);
    free(entry->value);
}

static void add(struct cnf *cnf, const char *section, const char *name, const char *value)
{
    size_t same = find(cnf, section, name);

    if (same < cnf->count && !name)
        return;
    cnf->bytes += strlen(section) + (name ? strlen(name) + strlen(value) : 0);
    if (cnf->count == MOST_ENTRIES || cnf->bytes > MOST_BYTES) {
        doubt_rest(cnf, too_much);
        return;
    }
    if (same < cnf->count) {
        free_entry(&cnf->entries[same]);
        memmove(&cnf->entries[same], &cnf->entries[same + 1],
                (--cnf->count - same) * sizeof(*cnf->entries));
    }
    cnf->entries = grown(cnf->entries, cnf->count, sizeof(*cnf->entries));
    cnf->entries[cnf->count++] =
        (struct cnf_entry){text_of("%s", section), name ? text_of("%s", name) : NULL,
                           name ? text_of("%s", value) : NULL};
}

bool cnf_has_section(const struct cnf *cnf, const char *section)
{
    return find(cnf, section, NULL) < cnf->count;
}

const char *cnf_value(const struct cnf *cnf, const char *section, const char *name)
{
    size_t i = find(cnf, section, name);

    return i < cnf->count ? cnf->entries[i].value : NULL;
}

const struct cnf_entry *cnf_next(const struct cnf *cnf, const char *section,
                                 const struct cnf_entry *before)
{
    for (size_t i = before ? (size_t)(before - cnf->entries) + 1 : 0; i < cnf->count; i++)
        if (cnf->entries[i].name && strcmp(cnf->entries[i].section, section) == 0)
            return &cnf->entries[i];
    return NULL;
}

/* ---- Values ---- */

static bool is_quote(char byte)
{
    return byte == '"' || byte == '\'' || byte == '`';
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

static bool is_of_variable(char byte)
{
    return isalnum((unsigned char)byte) || byte == '_';
}

static bool is_of_name(char byte)
{
    return byte && (is_of_variable(byte) || strchr("!.%&*+,/;?@^~|-", byte));
}

static char *behind_blanks(char *text)
{
    while (is_blank(*text))
        text++;
    return text;
}

static char *behind_name(char *text)
{
    while (is_of_name(*text) || *text == '\\')
        text += *text == '\\' && text[1] ? 2 : 1;
    return text;
}

static void trim(char *text)
{
    size_t length = strlen(text);

    while (length > 0 && is_blank(text[length - 1]))
        text[--length] = '\0';
}

struct value {
    char bytes[LARGEST_VALUE + 1];
    size_t length;
};

static bool put(struct value *value, char byte)
{
    if (value->length == LARGEST_VALUE)
        return false;
    value->bytes[value->length++] = byte;
    return true;
}

static bool put_quoted(struct value *value, const char **from)
{
    const char quote = *(*from)++;

    while (**from && **from != quote) {
        if (**from == '\\' && !*++*from)
            break;
        if (!put(value, *(*from)++))
            return false;
    }
    *from += **from == quote;
    return true;
}

static bool put_escaped(struct value *value, const char **from)
{
    static const char letters[] = "rnbt", meant[] = "\r\n\b\t";
    const char byte = *++*from, *letter = byte ? strchr(letters, byte) : NULL;

    if (!byte)
        return true;
    ++*from;
    return put(value, letter ? meant[letter - letters] : byte);
}

/* The name of a variable, as far as it goes. */
static char *cut_variable(const char **from)
{
    size_t length = 0;
    char *name;

    while (is_of_variable((*from)[length]))
        length++;
    name = text_of("%.*s", (int)length, *from);
    *from += length;
    return name;
}

static const char *variable(const struct cnf *cnf, const char *section, const char *name)
{
    const char *value = section ? cnf_value(cnf, section, name) : NULL;

    /* what the program's environment holds is not known */
    if (value || (section && strcmp(section, "ENV") == 0))
        return value;
    return cnf_value(cnf, "default", name);
}

/* $name, ${name}, $(name), with section:: in front or not. One that has no value is an error. */
static bool put_variable(const struct cnf *cnf, const char *section, struct value *value,
                         const char **from)
{
    const char open = *++*from, close = open == '{' ? '}' : open == '(' ? ')' : '\0';
    char *own = NULL, *name;
    const char *found;
    bool fits = true;

    *from += close != '\0';
    name = cut_variable(from);
    if (strncmp(*from, "::", 2) == 0) {
        own = name;
        *from += 2;
        name = cut_variable(from);
    }
    found = variable(cnf, own ? own : section, name);
    for (size_t i = 0; found && fits && found[i]; i++)
        fits = put(value, found[i]);
    free(name);
    free(own);
    if (!found || !fits || (close && **from != close))
        return false;
    *from += close != '\0';
    return true;
}

/* In memory that free() takes; NULL if it does not hold, with a doubt. */
static char *expanded(struct cnf *cnf, const char *section, const char *from)
{
    struct value *value = grown(NULL, 0, sizeof(*value));
    bool holds = true;
    char *text = NULL;

    value->length = 0;
    while (*from && holds) {
        if (is_quote(*from))
            holds = put_quoted(value, &from);
        else if (*from == '\\')
            holds = put_escaped(value, &from);
        else if (*from == '$')
            holds = put_variable(cnf, section, value, &from);
        else
            holds = put(value, *from++);
    }
    value->bytes[value->length] = '\0';
    if (holds)
        text = text_of("%s", value->bytes);
    else
        doubt(cnf, not_understood);
    free(value);
    return text;
}

/* ---- Includes ---- */

static void read_file(struct cnf *cnf, const char *path);

static bool is_read_in_directory(const char *name)
{
    const char *dot = strrchr(name, '.');

    return dot && dot > name && (strcasecmp(dot, ".conf") == 0 || strcasecmp(dot, ".cnf") == 0);
}

/* In the order of the directory, as OpenSSL does. */
static void read_directory(struct cnf *cnf, const char *path)
{
    DIR *directory = opendir(path);
    struct dirent *entry;
    size_t names = 0;

    if (!directory) {
        doubt_rest(cnf, "a directory that it includes cannot be read");
        return;
    }
    while ((entry = readdir(directory)) && names++ < MOST_NAMES)
        if (is_read_in_directory(entry->d_name)) {
            char *file = text_of("%s/%s", path, entry->d_name);

            cnf->depth = DEEPEST; /* no include in it is followed */
            read_file(cnf, file);
            free(file);
        }
    if (entry)
        doubt_rest(cnf, too_much);
    closedir(directory);
}

/* What is not there is passed over. */
static void include(struct cnf *cnf, const char *path)
{
    const unsigned int depth = cnf->depth;
    struct stat status;

    if (*path != '/') {
        doubt_rest(cnf, "it includes a file by a path that depends on the program's directory");
        return;
    }
    if (depth == DEEPEST) {
        doubt_rest(cnf, "its includes are nested deeper than is looked at");
        return;
    }
    cnf->depth++;
    if (stat(path, &status) == 0 && S_ISDIR(status.st_mode))
        read_directory(cnf, path);
    else
        read_file(cnf, path);
    cnf->depth = depth;
}

/* ---- Lines ---- */

static char *behind_quoted(char *text)
{
    const char quote = *text++;

    while (*text && *text != quote)
        text += *text == '\\' && text[1] ? 2 : 1;
    return text + (*text == quote);
}

static void cut_comment(char *text)
{
    while (*text && *text != '#') {
        if (is_quote(*text))
            text = behind_quoted(text);
        else
            text += *text == '\\' && text[1] ? 2 : 1;
    }
    *text = '\0';
}

/* "[ several words ]"; what stands behind is not looked at. */
static void take_section(struct cnf *cnf, char *text)
{
    char *start = behind_blanks(text + 1), *word = start, *end, *next, *name;

    for (;; word = next) {
        end = behind_name(word);
        next = behind_blanks(end);
        if (*next == ']')
            break;
        if (!*next || next == word) {
            doubt(cnf, not_understood);
            return;
        }
    }
    *end = '\0';
    name = expanded(cnf, NULL, start);
    if (!name)
        return;
    free(cnf->section);
    cnf->section = name;
    add(cnf, name, NULL, NULL);
}

/* ".include PATH", ".include = PATH", and no others. */
static char *argument_of(char *text, const char *directive)
{
    size_t length = strlen(directive);
    char *argument = text + length;

    if (strncmp(text, directive, length) != 0 || (!is_blank(*argument) && *argument != '='))
        return NULL;
    argument = behind_blanks(argument);
    if (*argument == '=')
        argument = behind_blanks(argument + 1);
    trim(argument);
    return argument;
}

static void take_include(struct cnf *cnf, const char *argument)
{
    char *path = expanded(cnf, cnf->section, argument);

    if (path)
        include(cnf, path);
    else
        cnf->is_whole = false;
    free(path);
}

static void take_value(struct cnf *cnf, char *text)
{
    char *name = text, *section = cnf->section, *end = behind_name(text), *next, *value;

    if (strncmp(end, "::", 2) == 0) {
        *end = '\0';
        section = name;
        name = end + 2;
        end = behind_name(name);
    }
    next = behind_blanks(end);
    if (*next != '=' || *name == '.') { /* a directive, of which newer ones may come */
        doubt(cnf, not_understood);
        return;
    }
    *end = '\0';
    next = behind_blanks(next + 1);
    trim(next);
    value = expanded(cnf, section, next);
    if (!value)
        return;
    if (section != cnf->section)
        add(cnf, section, NULL, NULL);
    add(cnf, section, name, value);
    free(value);
}

static void take_line(struct cnf *cnf, char *line)
{
    char *text, *argument;

    cut_comment(line);
    text = behind_blanks(line);
    if (!*text)
        return;
    if (*text == '[')
        take_section(cnf, text);
    else if ((argument = argument_of(text, ".include")))
        take_include(cnf, argument);
    else if ((argument = argument_of(text, ".pragma"))) {
        if (strncmp(argument, "abspath:", strlen("abspath:")) != 0)
            doubt(cnf, not_understood);
    } else
        take_value(cnf, text);
}

/* ---- Files ---- */

/* Cuts off the first line, and joins it with those that it goes on in. The text that is left. */
static char *cut_line(char *text)
{
    char *to = text, *from = text;

    for (;;) {
        char *end = from + strcspn(from, "\n"), *next = end + (*end == '\n');

        while (end > from && end[-1] == '\r')
            end--;
        memmove(to, from, (size_t)(end - from));
        to += end - from;
        from = next;
        if (to == text || to[-1] != '\\' || (to - text > 1 && to[-2] == '\\') || !*from)
            break;
        to--;
    }
    if (to < from)
        *to = '\0';
    return from;
}

/* A line's end of its own, in the middle of one, OpenSSL may take for one, and a NUL for the end.
 */
static bool is_plain(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!text[i] || (text[i] == '\r' && i + 1 < length && text[i + 1] != '\n'))
            return false;
    return true;
}

static void take_text(struct cnf *cnf, char *text, size_t length)
{
    cnf->says_osrandom = cnf->says_osrandom || strcasestr(text, "osrandom");
    if (!is_plain(text, length)) {
        doubt_rest(cnf, not_understood);
        return;
    }
    while (*text) {
        char *line = text;

        text = cut_line(text);
        take_line(cnf, line);
    }
}

static void read_stream(struct cnf *cnf, FILE *stream)
{
    /* two bytes more, so that the end of a last line without a newline has its place */
    char *text = grown(NULL, LARGEST_FILE + 1, 1);
    size_t length = fread(text, 1, LARGEST_FILE, stream);

    text[length] = text[length + 1] = '\0';
    if (ferror(stream))
        doubt_rest(cnf, "a file of it cannot be read");
    else if (!feof(stream) && getc(stream) != EOF)
        doubt_rest(cnf, too_much);
    else
        take_text(cnf, text, length);
    free(text);
}

/* /dev/null stands for no configuration, and often does. */
static bool is_nothing(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISCHR(status.st_mode) && status.st_rdev == makedev(1, 3);
}

static void read_file(struct cnf *cnf, const char *path)
{
    FILE *stream = NULL;

    if (cnf->file_count == MOST_FILES) {
        doubt_rest(cnf, too_much);
        return;
    }
    stream = regular_stream(path, LARGEST_FILE);
    if (!stream) {
        const int error = errno;

        if (error != ENOENT && error != ENOTDIR && !is_nothing(path))
            doubt_rest(cnf, error == EFBIG ? too_much : "a file of it cannot be read");
        return;
    }
    cnf->files = grown(cnf->files, cnf->file_count, sizeof(*cnf->files));
    cnf->files[cnf->file_count++] = text_of("%s", path);
    read_stream(cnf, stream);
    fclose(stream);
}

struct cnf *cnf_read(const char *path)
{
    struct cnf *cnf = grown(NULL, 0, sizeof(*cnf));

    *cnf = (struct cnf){.is_whole = true, .section = text_of("default")};
    add(cnf, "default", NULL, NULL);
    read_file(cnf, path);
    return cnf;
}

void cnf_free(struct cnf *cnf)
{
    for (size_t i = 0; i < cnf->count; i++)
        free_entry(&cnf->entries[i]);
    for (size_t i = 0; i < cnf->file_count; i++)
        free(cnf->files[i]);
    free(cnf->entries);
    free(cnf->files);
    free(cnf->section);
    free(cnf);
}
