/*
 * See object_texts.h. A window is moved over the file and keeps the end of what it showed before,
 * so that no text is cut.
 */
#include "object_texts.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"

enum { WINDOW = 1 << 20, KEPT = 256, LONGEST_NAME = 64, LONGEST_VERSION = 60 };

struct text {
    const char *bytes;
    size_t length;
};

static const char *find(struct text text, const char *wanted)
{
    return memmem(text.bytes, text.length, wanted, strlen(wanted));
}

/* ---- Versions ---- */

/* "OpenSSL 3.0.19 27 Jan 2026", or LibreSSL and its number. Other texts that begin so go on in
 * words. */
static char *version_at(const char *start, const char *end)
{
    const char *number = (const char *)memchr(start, ' ', (size_t)(end - start)) + 1;
    const char *last = number;
    int dots = 0;

    for (; last < end && isprint((unsigned char)*last); last++)
        dots += *last == '.';
    if (last == end || !isdigit((unsigned char)*number) || dots < 2 ||
        last - start > LONGEST_VERSION)
        return NULL;
    return text_of("%.*s", (int)(last - start), start);
}

static char *find_version(struct text text, const char *name)
{
    const char *end = text.bytes + text.length;
    struct text rest = text;
    const char *start;

    while ((start = find(rest, name))) {
        char *version = version_at(start, end);

        if (version)
            return version;
        rest = (struct text){start + 1, (size_t)(end - start - 1)};
    }
    return NULL;
}

static void note_version(struct object *object, struct text text, const char *name)
{
    char *version = find_version(text, name);

    if (!version)
        return;
    free(object->version);
    object->version = version;
}

/* ---- Traces ---- */

/* OpenSSL's generator names its source files in error records, 1.0.x a web page: in every release
 * one of these. In two parts each, lest this program hold them itself. */
static bool holds_one_of(struct text text, const char *const traces[][2], size_t count)
{
    bool found = false;

    for (size_t i = 0; i < count && !found; i++) {
        char *trace = text_of("%s%s", traces[i][0], traces[i][1]);

        found = find(text, trace);
        free(trace);
    }
    return found;
}

static bool holds_generator(struct text text)
{
    static const char *const traces[][2] = {
        {"/rand/", "rand_lib.c"},
        {"/rand/", "drbg_lib.c"},
        {"/rands/", "drbg_ctr.c"},
        {"OpenSSL NIST ", "SP 800-90A DRBG"},
        {"www.openssl.org/", "support/faq.html"},
    };

    return holds_one_of(text, traces, sizeof(traces) / sizeof(traces[0]));
}

/* What the initialiser asks the environment for: preload/signal.c. */
static bool holds_signal(struct text text)
{
    static const char *const traces[][2] = {
        {"OPENSSL_", "ia32cap"},  {"OPENSSL_", "armcap"},   {"OPENSSL_", "ppccap"},
        {"OPENSSL_", "s390xcap"}, {"OPENSSL_", "riscvcap"}, {"OPENSSL_", "sparcv9cap"},
    };

    return holds_one_of(text, traces, sizeof(traces) / sizeof(traces[0]));
}

/* ---- Names of libraries ---- */

static bool is_of_name(char byte)
{
    return isalnum((unsigned char)byte) || (byte && strchr("+-._", byte));
}

static bool is_known(const struct object *object, const char *name, size_t length)
{
    for (size_t i = 0; i < object->named_count; i++)
        if (strncmp(object->named[i], name, length) == 0 && !object->named[i][length])
            return true;
    return false;
}

/* "libname.so" or "libname.so.1", the whole text or its end behind a slash. */
static void note_name(struct object *object, struct text text, const char *so)
{
    const char *start = so, *end = so;

    while (start > text.bytes && so - start < LONGEST_NAME && is_of_name(start[-1]))
        start--;
    while (end < text.bytes + text.length && end - start < LONGEST_NAME && is_of_name(*end))
        end++;
    if (end == text.bytes + text.length || *end || strncmp(start, "lib", 3) != 0 ||
        object->named_count == OBJECT_MOST_NAMED || is_known(object, start, (size_t)(end - start)))
        return;
    object->named = grown(object->named, object->named_count, sizeof(*object->named));
    object->named[object->named_count++] = text_of("%.*s", (int)(end - start), start);
}

static void note_names(struct object *object, struct text text)
{
    struct text rest = text;
    const char *so;

    while ((so = find(rest, ".so"))) {
        note_name(object, text, so);
        rest = (struct text){so + 1, (size_t)(text.bytes + text.length - so - 1)};
    }
}

/* ---- Places that are compiled in ---- */

/* LABEL: "/usr/lib/ssl" */
static void note_place(char **place, struct text text, const char *label)
{
    const char *end = text.bytes + text.length, *start, *last;

    if (*place || !(start = find(text, label)))
        return;
    start += strlen(label);
    last = memchr(start, '"', (size_t)(end - start));
    if (last && *start == '/' && !memchr(start, '\0', (size_t)(last - start)))
        *place = text_of("%.*s", (int)(last - start), start);
}

static void note_places(struct object *object, struct text text)
{
    note_place(&object->openssldir, text, "OPENSSLDIR: \"");
    note_place(&object->modulesdir, text, "MODULESDIR: \"");
}

/* ---- The whole file ---- */

static void read_window(struct object *object, struct text text)
{
    object->has_generator = object->has_generator || holds_generator(text);
    object->has_signal = object->has_signal || holds_signal(text);
    object->names_libcrypto =
        object->names_libcrypto || find(text, "libcrypto.so") || find(text, "libssl.so");
    if (object->exports_openssl)
        note_places(object, text);
    object->names_nodejs = object->names_nodejs || find(text, "nodejs_conf");
    if (object->imports_loader)
        note_names(object, text);
    if (!object->version || strncmp(object->version, "LibreSSL", strlen("LibreSSL")) != 0)
        note_version(object, text, "LibreSSL ");
    if (!object->version)
        note_version(object, text, "OpenSSL ");
}

/* Where the next bytes are that are in the file; the end if there are none. */
static off_t next_data(int descriptor, off_t from, off_t size)
{
    off_t data = lseek(descriptor, from, SEEK_DATA);

    if (data >= 0)
        return data;
    return errno == ENXIO ? size : from; /* not all file systems can tell */
}

void object_read_texts(struct object *object, int descriptor, off_t size)
{
    char *window = grown(NULL, KEPT + WINDOW, 1);
    size_t kept = 0;

    for (off_t at = 0; at < size;) {
        off_t data = next_data(descriptor, at, size);
        ssize_t length;

        if (data > at)
            kept = 0;
        length = data < size ? pread(descriptor, window + kept, WINDOW, data) : 0;
        if (length <= 0)
            break;
        at = data + length;
        length += (ssize_t)kept;
        read_window(object, (struct text){window, (size_t)length});
        kept = length < KEPT ? (size_t)length : KEPT;
        memmove(window, window + length - kept, kept);
    }
    free(window);
    if (object->is_boringssl) {
        free(object->version);
        object->version = text_of("%s", object->is_aws_lc ? "AWS-LC" : "BoringSSL");
    }
}
