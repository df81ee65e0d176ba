/*
 * See hidden.h.
 */
#include "hidden.h"

#include <limits.h>

#include "find.h"
#include "guard.h"
#include "linux_maps.h"
#include "method.h"
#include "report.h"
#include "rules_file.h"
#include "settings.h"
#include "symbol_file.h"

/* Functions that others have who took over OpenSSL's names, behind one another. */
static const char others[] = "BORINGSSL_self_test\0"
                             "awslc_version_string\0";

enum { OTHERS = 2, NAMES = INSIDE_FUNCTIONS + OTHERS };
_Static_assert((int)NAMES < (int)MOST_WANTED, "all are looked for at once");

/* ---- The object's file ---- */

enum { LONGEST_PATH = 512 };

/* Where the C library does not tell without a lock, the kernel does; "" is the program's. NULL: not
 * known. */
static const char *path_of(const struct loaded *loaded, char room[LONGEST_PATH])
{
    if (loaded->path)
        return loaded->path;
    if (find_is_program(loaded))
        return "";
    return linux_maps_path(loaded->start, room, LONGEST_PATH) ? room : NULL;
}

/* ---- Is it an OpenSSL at all? ---- */

/* Each OpenSSL since 1.1.0, and most before, has this text among its others; BoringSSL and AWS-LC
 * have no such setting, and a program may ask for OPENSSL_ia32cap for reasons of its own. */
static const char sign[] = "OPENSSL_CONF";

/* Since 1.1.1 it has generators that look at the process's number. */
static const char sign_of_drbgs[] = "SP 800-90A DRBG";

enum { FARTHEST = 1 << 21 /* bytes, to either side */ };

/* Where the bytes of a file are mapped that are not written: from and to around an address. */
static bool find_texts(const struct elf_image *image, uintptr_t address, const unsigned char **from,
                       const unsigned char **to)
{
    for (size_t i = 0; i < image->header_count; i++) {
        const ElfW(Phdr) *load = &image->headers[i];
        uintptr_t start = image->base + load->p_vaddr, end = start + load->p_filesz;

        if (load->p_type != PT_LOAD || (load->p_flags & (PF_R | PF_W)) != PF_R || address < start ||
            address >= end)
            continue;
        *from = (const unsigned char *)(address - start > FARTHEST ? address - FARTHEST : start);
        *to = (const unsigned char *)(end - address > FARTHEST ? address + FARTHEST : end);
        return true;
    }
    return false;
}

/* Horspool's search: a byte tells how far the next match is away at least. */
static bool has_text(const struct elf_image *image, const char *name, const char *text,
                     size_t length)
{
    unsigned char skip[UCHAR_MAX + 1];
    const unsigned char *at, *to;

    if (!find_texts(image, (uintptr_t)name, &at, &to))
        return false;
    __builtin_memset(skip, (int)length, sizeof(skip));
    for (size_t i = 0; i < length - 1; i++)
        skip[(unsigned char)text[i]] = (unsigned char)(length - 1 - i);
    for (; (size_t)(to - at) >= length; at += skip[at[length - 1]])
        if (__builtin_memcmp(at, text, length) == 0)
            return true;
    return false;
}

static bool has_sign(const struct elf_image *image, const char *name)
{
    return has_text(image, name, sign, sizeof(sign) - 1);
}

static bool has_drbgs(const struct elf_image *image, const char *name)
{
    return has_text(image, name, sign_of_drbgs, sizeof(sign_of_drbgs) - 1);
}

/* ---- Those that cannot be pinned ---- */

/* Its generator stays, under guard where its calls can be told from the program's own. */
static enum pin_state keep_its_own(const char *path, bool by_number, const char *reason)
{
    const bool guarded = *path && by_number && guard_start();

    if (guarded)
        report(settings.mode == MODE_RESEED ? REPORT_ACTIVATED : REPORT_NOT_PINNED,
               "the OpenSSL inside %s keeps its own generator, made to notice forks: %s", path,
               reason);
    else
        report(REPORT_NOT_PINNED, "the OpenSSL inside %s is not covered: %s",
               *path ? path : report_program(), reason);
    return guarded ? PIN_GUARDED : PIN_REFUSED;
}

static struct libcrypto *enter_unreachable(const struct loaded *loaded)
{
    static void *const nothing[INSIDE_FUNCTIONS];

    return libcrypto_enter(loaded, nothing);
}

static struct libcrypto *leave(const struct loaded *loaded, const char *path, const char *name,
                               const char *reason)
{
    struct libcrypto *entry = enter_unreachable(loaded);

    if (entry)
        entry->pin = keep_its_own(path, has_drbgs(&loaded->image, name), reason);
    return entry;
}

/* A FIPS provider, for one; "legacy" has no generator, and draws from the OpenSSL that loads it. */
static struct libcrypto *leave_provider(const struct loaded *loaded, const char *path,
                                        const char *name)
{
    struct libcrypto *entry =
        has_drbgs(&loaded->image, name) && guard_start() ? enter_unreachable(loaded) : NULL;

    if (!entry)
        return NULL;
    entry->pin = PIN_GUARDED;
    report(REPORT_NOT_NEEDED, "the provider in %s keeps its own generator, made to notice forks",
           path);
    return entry;
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

/* False if the object has one of those that are no OpenSSL. */
static bool take_all(const struct wanted_symbol wanted[NAMES], void *inside[INSIDE_FUNCTIONS])
{
    for (unsigned int i = 0; i < INSIDE_FUNCTIONS; i++)
        inside[i] = wanted[i].address;
    for (unsigned int i = INSIDE_FUNCTIONS; i < NAMES; i++)
        if (wanted[i].address)
            return false;
    return true;
}

static struct libcrypto *look_inside(const struct loaded *loaded, const char *path,
                                     const void *caller, const char *name)
{
    struct wanted_symbol wanted[NAMES];
    void *inside[INSIDE_FUNCTIONS];
    enum symbol_file_answer answer;

    want_all(wanted);
    answer = symbol_file_find(&loaded->image, path, caller, wanted, NAMES);
    if (!take_all(wanted, inside))
        report(REPORT_NOT_NEEDED, "not needed: what is inside %s only has OpenSSL's names", path);
    else if (inside[INSIDE_RAND_set_rand_method] && inside[INSIDE_RAND_get_rand_method] &&
             inside[INSIDE_RAND_bytes])
        return libcrypto_enter(loaded, inside);
    else if (has_sign(&loaded->image, name))
        return leave(loaded, path, name,
                     symbol_file_reason(answer == SYMBOLS_FOUND ? SYMBOLS_NONE : answer));
    return NULL;
}

struct libcrypto *hidden_enter(const struct loaded *loaded, const void *caller, const char *name)
{
    char room[LONGEST_PATH];
    const char *path;
    bool reseed;

    rules_read();
    reseed = settings.mode == MODE_RESEED;
    path = reseed || settings.mode == MODE_ACTIVATE ? path_of(loaded, room) : NULL;
    if (!path)
        return NULL;
    if (elf_image_symbol(&loaded->image, "OSSL_provider_init"))
        return leave_provider(loaded, path, name);
    if (!reseed)
        return look_inside(loaded, path, caller, name);
    return has_sign(&loaded->image, name) ? leave(loaded, path, name, "OSRANDOM_MODE=reseed")
                                          : NULL;
}

enum pin_state hidden_refused(const struct libcrypto *libcrypto)
{
    const struct loaded loaded = {.image = libcrypto->image,
                                  .start = libcrypto->start,
                                  .path = *libcrypto->path ? libcrypto->path : NULL};
    char room[LONGEST_PATH];
    const char *path = path_of(&loaded, room);

    return keep_its_own(path ? path : "", libcrypto->version >= FIRST_WITH_DRBGS,
                        "it does not draw by a method");
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
