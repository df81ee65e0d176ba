/*
 * Finds OpenSSLs by dl_iterate_phdr().
 *
 * While its callback runs, another thread's dlopen() waits, so the callbacks read symbol tables and
 * take notes; nothing of OpenSSL is called under them. What defines RAND_set_rand_method but
 * neither OpenSSL_version_num (1.1.0 and later) nor SSLeay (1.0.x) is another shim, and left alone.
 */
#include "libcrypto.h"

#include "imports.h"
#include "report.h"

static struct libcrypto table[MOST_LIBCRYPTOS];
static getenv_function *_Atomic next_getenv;

static bool read_object(struct elf_image *image, const struct dl_phdr_info *info)
{
    return elf_image_read(image, info->dlpi_addr, info->dlpi_phdr, info->dlpi_phnum);
}

static bool is_ourselves(const struct elf_image *image)
{
    return elf_image_contains(image, &table);
}

static bool is_openssl(const struct elf_image *image)
{
    return elf_image_symbol(image, "RAND_set_rand_method") && !is_ourselves(image) &&
           (elf_image_symbol(image, "OpenSSL_version_num") || elf_image_symbol(image, "SSLeay"));
}

/* ---- The table ---- */

static struct libcrypto *claimed_entry(uintptr_t start)
{
    for (size_t i = 0; i < MOST_LIBCRYPTOS; i++)
        if (table[i].start == start)
            return &table[i];
    return NULL;
}

/* Threads that enter the same object go for the same empty entry, so one of them gets it and the
 * others find it taken for their object. */
static struct libcrypto *claim_entry(uintptr_t start)
{
    for (size_t i = 0; i < MOST_LIBCRYPTOS; i++) {
        uintptr_t empty = 0;

        if (atomic_compare_exchange_strong(&table[i].start, &empty, start))
            return &table[i];
        if (empty == start)
            return NULL;
    }
    report(REPORT_NOT_PINNED, "more than %u OpenSSLs are loaded; this one is left alone",
           (unsigned int)MOST_LIBCRYPTOS);
    return NULL;
}

static void fill_in(struct libcrypto *entry, const struct elf_image *image,
                    const struct dl_phdr_info *info)
{
    atomic_store(&entry->ready, false);
    entry->has_engine = false;
    entry->pin = PIN_NONE;
    entry->image = *image;
    entry->path = info->dlpi_name;
    entry->subs = info->dlpi_subs;
    entry->signal = 0;
    entry->before_us = false;
    entry->version = 0;
    entry->memory.realloc = NULL;
    entry->memory.free = NULL;
    atomic_store(&entry->ready, true);
}

static struct libcrypto *enter(const struct elf_image *image, const struct dl_phdr_info *info)
{
    uintptr_t start = elf_image_start(image);
    struct libcrypto *entry = claimed_entry(start) ? NULL : claim_entry(start);

    if (entry)
        fill_in(entry, image, info);
    return entry;
}

size_t libcrypto_index(const struct libcrypto *libcrypto)
{
    return (size_t)(libcrypto - table);
}

struct libcrypto *libcrypto_slot(size_t index)
{
    return &table[index];
}

struct libcrypto *libcrypto_at(size_t index)
{
    return table[index].start && table[index].ready ? &table[index] : NULL;
}

/* ---- All, at the start ---- */

struct search {
    bool past_ourselves;
    getenv_function *getenv_before_us;
};

/* The host's getenv() is the first behind the shim in load order, which is look-up order for all
 * that is loaded with the program; failing that, any. */
static void note_getenv(struct search *search, const struct elf_image *image)
{
    getenv_function *found;

    if (next_getenv || !(found = elf_image_symbol(image, "getenv")))
        return;
    if (search->past_ourselves)
        next_getenv = found;
    else
        search->getenv_before_us = found;
}

static int enter_if_openssl(struct dl_phdr_info *info, size_t size, void *context)
{
    struct search *search = context;
    struct libcrypto *entry;
    struct elf_image image;

    (void)size;
    if (!read_object(&image, info))
        return 0;
    if (is_ourselves(&image)) {
        search->past_ourselves = true;
        return 0;
    }
    note_getenv(search, &image);
    entry = is_openssl(&image) ? enter(&image, info) : NULL;
    if (entry)
        entry->before_us = !search->past_ourselves;
    return 0;
}

void libcrypto_find_all(void)
{
    struct search search = {0};

    if (!dl_iterate_phdr)
        return;
    dl_iterate_phdr(enter_if_openssl, &search);
    if (!next_getenv)
        next_getenv = search.getenv_before_us;
}

getenv_function *libcrypto_next_getenv(void)
{
    return next_getenv;
}

/* ---- The one that is being initialised ---- */

struct newcomer {
    const void *address;
    struct libcrypto *entry;
    uintptr_t starts[MOST_LIBCRYPTOS]; /* of the entries, before the search */
    bool still_there[MOST_LIBCRYPTOS];
};

static int note_newcomer(struct dl_phdr_info *info, size_t size, void *context)
{
    struct newcomer *newcomer = context;
    struct libcrypto *entry;
    struct elf_image image;
    uintptr_t start, signal;

    (void)size;
    if (!read_object(&image, info))
        return 0;
    start = elf_image_start(&image);
    for (size_t i = 0; i < MOST_LIBCRYPTOS; i++)
        if (newcomer->starts[i] == start)
            newcomer->still_there[i] = true;
    if (!elf_image_contains(&image, newcomer->address) || !is_openssl(&image))
        return 0;
    entry = claimed_entry(start);
    signal = (uintptr_t)newcomer->address - start;
    if (entry && (entry->subs == info->dlpi_subs || entry->signal != signal))
        return 0;
    if (!entry && !(entry = claim_entry(start)))
        return 0;
    fill_in(entry, &image, info);
    entry->signal = signal;
    newcomer->entry = entry;
    return 0;
}

struct libcrypto *libcrypto_find_initialising(const void *address)
{
    struct newcomer newcomer = {.address = address};

    if (!dl_iterate_phdr)
        return NULL;
    for (size_t i = 0; i < MOST_LIBCRYPTOS; i++)
        newcomer.starts[i] = table[i].start;
    dl_iterate_phdr(note_newcomer, &newcomer);
    for (size_t i = 0; i < MOST_LIBCRYPTOS; i++) {
        if (newcomer.starts[i] && !newcomer.still_there[i]) {
            table[i].ready = false;
            table[i].start = 0;
        }
    }
    return newcomer.entry;
}

/* ---- The one that running code means ---- */

struct caller {
    const void *address;
    bool found;
    struct elf_image image;
    const char *path;
};

static int note_caller(struct dl_phdr_info *info, size_t size, void *context)
{
    struct caller *caller = context;

    (void)size;
    if (!read_object(&caller->image, info) || !elf_image_contains(&caller->image, caller->address))
        return 0;
    caller->path = info->dlpi_name;
    caller->found = true;
    return 1;
}

static struct caller object_at(const void *address)
{
    struct caller caller = {.address = address};

    if (dl_iterate_phdr)
        dl_iterate_phdr(note_caller, &caller);
    return caller;
}

static bool is_part_of_or_linked_to(const struct caller *caller, const struct elf_image *image)
{
    const char *soname = elf_image_soname(image);

    return elf_image_contains(image, caller->address) ||
           (soname && elf_image_needs(&caller->image, soname));
}

static int enter_if_meant(struct dl_phdr_info *info, size_t size, void *context)
{
    const struct caller *caller = context;
    struct elf_image image;

    (void)size;
    if (read_object(&image, info) && is_part_of_or_linked_to(caller, &image) && is_openssl(&image))
        enter(&image, info);
    return 0;
}

void libcrypto_find_for(const void *address)
{
    struct caller caller = object_at(address);

    if (caller.found)
        dl_iterate_phdr(enter_if_meant, &caller);
}

struct libcrypto *libcrypto_for(const void *address, const char *symbol)
{
    struct libcrypto *first = NULL;
    struct caller caller;
    size_t count = 0;

    for (size_t i = 0; i < MOST_LIBCRYPTOS; i++) {
        struct libcrypto *libcrypto = libcrypto_at(i);

        if (!libcrypto)
            continue;
        if (elf_image_contains(&libcrypto->image, address))
            return libcrypto;
        count++;
        if (!first || (!libcrypto_symbol(first, symbol) && libcrypto_symbol(libcrypto, symbol)))
            first = libcrypto;
    }
    if (count < 2)
        return first;
    caller = object_at(address);
    for (size_t i = 0; i < MOST_LIBCRYPTOS && caller.found; i++) {
        struct libcrypto *libcrypto = libcrypto_at(i);

        if (libcrypto && is_part_of_or_linked_to(&caller, &libcrypto->image))
            return libcrypto;
    }
    return first;
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
    struct caller caller = object_at(address);

    return caller.found && *caller.path ? caller.path : report_program();
}
