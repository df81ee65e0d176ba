/*
 * See hidden.h.
 */
#include "hidden.h"

#include "guard.h"
#include "imports.h"
#include "method.h"
#include "report.h"
#include "settings.h"
#include "symbol_file.h"

/* Functions that others have who took over OpenSSL's names, behind one another. */
static const char others[] = "BORINGSSL_self_test\0"
                             "awslc_version_string\0";

enum { OTHERS = 2, NAMES = INSIDE_FUNCTIONS + OTHERS };
_Static_assert((int)NAMES < (int)MOST_WANTED, "all are looked for at once");

/* ---- The object's file ---- */

struct search {
    uintptr_t start;
    const char *path;
};

static int note_path(struct dl_phdr_info *info, size_t size, void *context)
{
    struct search *search = context;
    const struct elf_image image = {
        .base = info->dlpi_addr, .headers = info->dlpi_phdr, .header_count = info->dlpi_phnum};

    (void)size;
    if (elf_image_start(&image) != search->start)
        return 0;
    search->path = info->dlpi_name;
    return 1;
}

/* Where the C library tells without a lock, it has told. Else: a thread that initialises an object
 * has the loader's lock already. NULL: not known. */
static const char *path_of(const struct loaded *loaded)
{
    struct search search = {.start = loaded->start, .path = loaded->path};

    if (!search.path && dl_iterate_phdr)
        dl_iterate_phdr(note_path, &search);
    return search.path;
}

/* ---- Those that cannot be pinned ---- */

static void leave(const char *path, const struct elf_image *image, const char *reason)
{
    if (!*path)
        report(REPORT_NOT_PINNED, "the OpenSSL inside %s is not covered: %s", report_program(),
               reason);
    else if (guard_object(elf_image_start(image), elf_image_end(image)))
        report(REPORT_NOT_PINNED,
               "the OpenSSL inside %s draws from its own generator, which is made to notice forks:"
               " %s",
               path, reason);
    else
        report(REPORT_NOT_PINNED, "the OpenSSL inside %s is not covered: %s", path, reason);
}

static void guard_provider(const char *path, const struct elf_image *image)
{
    if (guard_object(elf_image_start(image), elf_image_end(image)))
        report(REPORT_NOT_NEEDED,
               "the provider in %s keeps its own generator, which is made to notice"
               " forks",
               path);
}

/* ---- Those that can ---- */

static void want_all(struct wanted_symbol wanted[NAMES])
{
    const char *other = others;

    for (unsigned int i = 0; i < INSIDE_FUNCTIONS; i++)
        wanted[i].name = libcrypto_inside_name(i);
    for (unsigned int i = INSIDE_FUNCTIONS; i < NAMES; i++) {
        wanted[i].name = other;
        while (*other++)
            ;
    }
}

struct libcrypto *hidden_enter(const struct loaded *loaded, const void *caller)
{
    struct wanted_symbol wanted[NAMES];
    void *inside[INSIDE_FUNCTIONS];
    const char *path;
    enum symbol_file_answer answer;

    if (settings.mode != MODE_ACTIVATE || !(path = path_of(loaded)))
        return NULL;
    if (elf_image_symbol(&loaded->image, "OSSL_provider_init")) {
        guard_provider(path, &loaded->image);
        return NULL;
    }
    want_all(wanted);
    answer = symbol_file_find(&loaded->image, path, caller, wanted, NAMES);
    for (size_t i = INSIDE_FUNCTIONS; i < NAMES; i++)
        if (wanted[i].address) {
            report(REPORT_NOT_NEEDED, "not needed: no OpenSSL, but one like it is inside %s", path);
            return NULL;
        }
    for (size_t i = 0; i < INSIDE_FUNCTIONS; i++)
        inside[i] = wanted[i].address;
    if (inside[INSIDE_RAND_set_rand_method] && inside[INSIDE_RAND_get_rand_method] &&
        inside[INSIDE_RAND_bytes])
        return libcrypto_enter(loaded, inside);
    leave(path, &loaded->image,
          symbol_file_reason(answer == SYMBOLS_FOUND ? SYMBOLS_NONE : answer));
    return NULL;
}

void hidden_refused(const struct libcrypto *libcrypto)
{
    leave(libcrypto->path, &libcrypto->image, "it takes no method");
}

/* ---- The proof ---- */

static const unsigned char *volatile drawn_into;

static int bytes(unsigned char *buffer, int length)
{
    drawn_into = buffer;
    return method_bytes(buffer, length);
}

/* A method of the proof's own: no other draw is delayed by it, and none is mistaken for it. */
bool hidden_draws_by_method(const struct libcrypto *libcrypto)
{
    int (*set)(const struct rand_method *) = libcrypto->inside[INSIDE_RAND_set_rand_method];
    int (*draw)(unsigned char *, int) = libcrypto->inside[INSIDE_RAND_bytes];
    struct rand_method proof = osrandom_method;
    unsigned char buffer[16];
    bool proven;

    proof.bytes = bytes;
    drawn_into = NULL;
    set(&proof);
    proven = draw(buffer, sizeof(buffer)) == 1 && drawn_into == buffer;
    set(proven ? &osrandom_method : NULL);
    return proven;
}
