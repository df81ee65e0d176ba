/*
 * reads SEED COUNT: writes so many configurations of random parts, and has each read by OpenSSL and
 * by osrandom's own reader. Where that has no doubt, OpenSSL must have read the same; and it must
 * not doubt everything.
 */
#include <openssl/conf.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file/openssl_cnf.h"

enum { MOST_PARTS = 24, MOST_TEXT = 4096, LINES = 13 };

static uint64_t state;

/* xorshift64 */
static uint64_t choose(uint64_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state % below;
}

/* First whole lines, LINES of them, then what lines are made of. */
static const char *const parts[] = {
    "a = b\n",
    "b=$a\n",
    "[c]\n",
    "c::d = e\n",
    "a = 'x y' \"z\"\n",
    "[ a b ]\n",
    "# a\\\n",
    "a = b\\\n",
    "a = b\\\\\n",
    "d = ${a}\n",
    "d = $(c::d)\n",
    "a = \\t\\n\\x\n",
    "e.f = $ENV::a\n",
    "=",
    "a",
    "b",
    "[",
    "]",
    "\n",
    "\r\n",
    "\\",
    "\"",
    "'",
    "`",
    "#",
    "$",
    "${",
    "}",
    "(",
    ")",
    "::",
    " ",
    "\t",
    "\\\n",
    ".",
    ",",
    "-",
    ".include",
    ".pragma",
    "abspath:true\n",
    "default",
    "ENV",
    "\xc3\xa4",
    "~\n",
    "!",
    "_",
    "0",
    "\r",
    "\v",
};

enum { PARTS = sizeof(parts) / sizeof(parts[0]) };

static const char included[] = "[c]\nd = from another file\n[f]\ng = $a\n";

static void write_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    if (!file || fputs(text, file) < 0 || fclose(file) != 0)
        exit(2);
}

static void make(char text[MOST_TEXT], const char *other)
{
    size_t count = 1 + choose(MOST_PARTS);

    strcpy(text, choose(2) ? "a = 1\n" : "");
    for (size_t i = 0; i < count; i++)
        strcat(text, parts[choose(16) ? choose(LINES) : choose(PARTS)]);
    if (choose(4) == 0) {
        strcat(text, "\n.include ");
        strcat(text, choose(4) ? other : "/nowhere/at/all");
        strcat(text, choose(2) ? "\nh = i\n" : "");
    }
}

static int differ(const char *what, const char *text)
{
    fprintf(stderr, "%s:\n%s\n", what, text);
    return 1;
}

static int compare(const struct cnf *ours, const CONF *theirs, const char *text)
{
    for (size_t i = 0; i < ours->count; i++) {
        const char *section = ours->entries[i].section;
        const STACK_OF(CONF_VALUE) *list = NCONF_get_section(theirs, section);
        const struct cnf_entry *entry = NULL;
        int place = 0;

        if (!list)
            return differ("OpenSSL has no such section", text);
        while ((entry = cnf_next(ours, section, entry))) {
            const CONF_VALUE *value =
                place < sk_CONF_VALUE_num(list) ? sk_CONF_VALUE_value(list, place++) : NULL;

            if (!value || strcmp(value->name, entry->name) != 0 ||
                strcmp(value->value, entry->value) != 0)
                return differ("OpenSSL has another value, or another order", text);
        }
        if (place != sk_CONF_VALUE_num(list))
            return differ("OpenSSL has more", text);
    }
    return 0;
}

static int try(const char *path, const char *text, unsigned long *certain)
{
    CONF *theirs = NCONF_new(NULL);
    long line = 0;
    int loaded, status = 0;
    struct cnf *ours;

    write_text(path, text);
    loaded = NCONF_load(theirs, path, &line) > 0;
    ours = cnf_read(path);
    if (!ours->doubt) {
        ++*certain;
        status = loaded ? compare(ours, theirs, text) : differ("OpenSSL takes nothing of it", text);
    }
    cnf_free(ours);
    NCONF_free(theirs);
    return status;
}

int main(int argc, char **argv)
{
    char place[] = "/tmp/osrandom-reads-XXXXXX", path[64], other[64], text[MOST_TEXT];
    unsigned long count = argc > 2 ? strtoul(argv[2], NULL, 10) : 0, certain = 0;
    int status = 0;

    setenv("a", "of the environment", 1);
    state = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
    if (!mkdtemp(place))
        return 2;
    snprintf(path, sizeof(path), "%s/a.cnf", place);
    snprintf(other, sizeof(other), "%s/b.cnf", place);
    write_text(other, included);
    for (unsigned long i = 0; i < count && status == 0; i++) {
        make(text, other);
        status = try(path, text, &certain);
    }
    unlink(path);
    unlink(other);
    rmdir(place);
    printf("%lu of %lu are certain\n", certain, count);
    return status ? status : certain < count / 10;
}
