/*
 * Finds every OpenSSL that is mapped, by dl_iterate_phdr().
 *
 * While its callback runs, another thread's dlopen() waits, so the callback reads symbol tables
 * and takes notes; nothing of OpenSSL is called under it. What defines RAND_set_rand_method but
 * neither OpenSSL_version_num (1.1.0 and later) nor SSLeay (1.0.x) is another shim, and left alone.
 */
#include "libcrypto.h"

#include <stdatomic.h>

#include "imports.h"
#include "report.h"

static struct libcrypto table[MOST_LIBCRYPTOS];
static getenv_function *_Atomic next_getenv;

/* dlpi_adds and dlpi_subs of the last look: as long as they stay, nothing was mapped since. */
static unsigned long long adds_seen, subs_seen;

struct look {
    const void *initialising;
    bool past_first, unchanged;
    bool past_ourselves;
    getenv_function *getenv_before_us;
    bool found[MOST_LIBCRYPTOS]; /* which entries of the table are still there */
    bool too_many;
};

static bool is_openssl(const struct elf_image *image)
{
    return elf_image_symbol(image, "RAND_set_rand_method") &&
           (elf_image_symbol(image, "OpenSSL_version_num") || elf_image_symbol(image, "SSLeay"));
}

/* The host's getenv() is the first behind the shim in load order, which is look-up order for all
 * that is loaded with the program; failing that, any. */
static void note_getenv(struct look *look, const struct elf_image *image)
{
    getenv_function *found;

    if (next_getenv || !(found = elf_image_symbol(image, "getenv")))
        return;
    if (look->past_ourselves)
        next_getenv = found;
    else
        look->getenv_before_us = found;
}

/* The entry of the object that is mapped there, else an empty one, else NULL. */
static struct libcrypto *entry_for(const struct elf_image *image)
{
    struct libcrypto *empty = NULL;

    for (size_t i = 0; i < MOST_LIBCRYPTOS; i++) {
        if (table[i].mapped && table[i].image.base == image->base)
            return &table[i];
        if (!table[i].mapped && !empty)
            empty = &table[i];
    }
    return empty;
}

static void note_openssl(struct look *look, const struct elf_image *image, const char *path)
{
    struct libcrypto *entry = entry_for(image);

    if (!entry) {
        look->too_many = true;
        return;
    }
    look->found[entry - table] = true;
    if (entry->mapped && !(look->initialising && elf_image_contains(image, look->initialising)))
        return;
    *entry = (struct libcrypto){.image = *image, .path = path};
    atomic_store_explicit(&entry->mapped, true, memory_order_release);
}

static bool nothing_new(const struct dl_phdr_info *info, size_t size)
{
    bool same = adds_seen != 0 && info->dlpi_adds == adds_seen && info->dlpi_subs == subs_seen;

    if (size < offsetof(struct dl_phdr_info, dlpi_subs) + sizeof(info->dlpi_subs))
        return false;
    adds_seen = info->dlpi_adds;
    subs_seen = info->dlpi_subs;
    return same;
}

static int note_object(struct dl_phdr_info *info, size_t size, void *context)
{
    struct look *look = context;
    struct elf_image image;

    if (!look->past_first) {
        look->past_first = true;
        look->unchanged = nothing_new(info, size) && !look->initialising;
        if (look->unchanged)
            return 1;
    }
    if (!elf_image_read(&image, info->dlpi_addr, info->dlpi_phdr, info->dlpi_phnum))
        return 0;
    if (elf_image_contains(&image, &table)) {
        look->past_ourselves = true;
        return 0;
    }
    note_getenv(look, &image);
    if (is_openssl(&image))
        note_openssl(look, &image, info->dlpi_name);
    return 0;
}

bool libcrypto_look(const void *initialising)
{
    struct look look = {.initialising = initialising};

    if (!dl_iterate_phdr)
        return false;
    dl_iterate_phdr(note_object, &look);
    if (look.unchanged)
        return false;
    if (!next_getenv)
        next_getenv = look.getenv_before_us;
    for (size_t i = 0; i < MOST_LIBCRYPTOS; i++)
        if (!look.found[i])
            table[i].mapped = false;
    if (look.too_many)
        report(REPORT_NOT_PINNED, "more than %u OpenSSLs are loaded; the rest is left alone",
               (unsigned int)MOST_LIBCRYPTOS);
    return true;
}

void libcrypto_look_afresh(void)
{
    adds_seen = 0;
}

struct libcrypto *libcrypto_at(size_t index)
{
    return table[index].mapped ? &table[index] : NULL;
}

struct caller {
    const void *address;
    const char *path;
    struct libcrypto *needs;
};

static int find_caller(struct dl_phdr_info *info, size_t size, void *context)
{
    struct caller *caller = context;
    struct elf_image image;

    (void)size;
    if (!elf_image_read(&image, info->dlpi_addr, info->dlpi_phdr, info->dlpi_phnum) ||
        !elf_image_contains(&image, caller->address))
        return 0;
    caller->path = info->dlpi_name;
    for (size_t i = 0; i < MOST_LIBCRYPTOS && !caller->needs; i++) {
        const char *soname = table[i].mapped ? elf_image_soname(&table[i].image) : NULL;

        if (table[i].mapped && (elf_image_contains(&table[i].image, caller->address) ||
                                (soname && elf_image_needs(&image, soname))))
            caller->needs = &table[i];
    }
    return 1;
}

struct libcrypto *libcrypto_for(const void *address, const char *symbol)
{
    struct caller caller = {.address = address};
    struct libcrypto *first = NULL;
    size_t mapped = 0;

    for (size_t i = 0; i < MOST_LIBCRYPTOS; i++) {
        if (!table[i].mapped)
            continue;
        mapped++;
        if (!first || (!libcrypto_symbol(first, symbol) && libcrypto_symbol(&table[i], symbol)))
            first = &table[i];
    }
    if (mapped > 1)
        dl_iterate_phdr(find_caller, &caller);
    return caller.needs ? caller.needs : first;
}

void *libcrypto_symbol(const struct libcrypto *libcrypto, const char *symbol)
{
    return elf_image_symbol(&libcrypto->image, symbol);
}

const char *libcrypto_version_text(const struct libcrypto *libcrypto)
{
    const char *(*text)(int) = libcrypto_symbol(libcrypto, "OpenSSL_version");

    if (!text)
        text = libcrypto_symbol(libcrypto, "SSLeay_version");
    return text ? text(0) : "an OpenSSL without a version";
}

const char *libcrypto_object_name(const void *address)
{
    struct caller caller = {.address = address};

    if (dl_iterate_phdr)
        dl_iterate_phdr(find_caller, &caller);
    return caller.path && *caller.path ? caller.path : report_program();
}

getenv_function *libcrypto_next_getenv(void)
{
    return next_getenv;
}
