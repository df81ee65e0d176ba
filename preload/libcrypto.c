/*
 * See libcrypto.h. Nothing here goes through the loader.
 */
#include "libcrypto.h"

#include "mem_hooks.h"
#include "report.h"

static struct libcrypto table[MOST_LIBCRYPTOS];

size_t libcrypto_index(const struct libcrypto *libcrypto)
{
    return (size_t)(libcrypto - table);
}

struct libcrypto *libcrypto_slot(size_t index)
{
    return &table[index];
}

uintptr_t libcrypto_start(size_t index)
{
    uintptr_t start = table[index].start;

    return table[index].ready ? start : 0;
}

struct libcrypto *libcrypto_at(size_t index)
{
    return libcrypto_start(index) ? &table[index] : NULL;
}

/* An entry may be dropped and claimed for another object meanwhile: an end belongs to a start that
 * is the same before and after it was read. */
struct libcrypto *libcrypto_around(const void *address)
{
    for (size_t i = 0; i < MOST_LIBCRYPTOS; i++) {
        uintptr_t start = libcrypto_start(i), end = table[i].end;

        if (start && (uintptr_t)address - start < end - start && libcrypto_start(i) == start)
            return &table[i];
    }
    return NULL;
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

/* ---- Which of them a call site means: one column an entry, so that a site is one word ---- */

enum { REMEMBERED = 16 };
static _Atomic uintptr_t remembered[REMEMBERED][MOST_LIBCRYPTOS];

static _Atomic uintptr_t *sites_like(uintptr_t address)
{
    return remembered[(address >> 2 ^ address >> 6) % REMEMBERED];
}

void libcrypto_remember(const void *address, const struct libcrypto *libcrypto)
{
    sites_like((uintptr_t)address)[libcrypto_index(libcrypto)] = (uintptr_t)address;
}

struct libcrypto *libcrypto_remembered(const void *address)
{
    const _Atomic uintptr_t *sites = sites_like((uintptr_t)address);

    for (size_t i = 0; i < MOST_LIBCRYPTOS; i++)
        if (sites[i] == (uintptr_t)address)
            return libcrypto_at(i);
    return NULL;
}

static void forget_sites(void)
{
    for (size_t i = 0; i < REMEMBERED; i++)
        for (size_t j = 0; j < MOST_LIBCRYPTOS; j++)
            remembered[i][j] = 0;
}

/* ---- Entries come and go ---- */

struct libcrypto *libcrypto_claimed(uintptr_t start)
{
    for (size_t i = 0; i < MOST_LIBCRYPTOS; i++)
        if (table[i].start == start)
            return &table[i];
    return NULL;
}

/* Threads that enter the same object go for the same empty entry, so one of them gets it and the
 * others find it taken for their object. */
struct libcrypto *libcrypto_claim(uintptr_t start)
{
    for (size_t i = 0; i < MOST_LIBCRYPTOS; i++) {
        uintptr_t empty = 0;

        if (atomic_compare_exchange_strong(&table[i].start, &empty, start))
            return &table[i];
        if (empty == start)
            return NULL;
    }
    report(REPORT_NOT_PINNED, "more than %u OpenSSLs are loaded; this one is not pinned",
           (unsigned int)MOST_LIBCRYPTOS);
    return NULL;
}

uintptr_t libcrypto_identity(const struct elf_image *image)
{
    uintptr_t identity = image->base;

    identity = identity * 31 + (uintptr_t)image->dynamic;
    identity = identity * 31 + image->symbols;
    identity = identity * 31 + image->strings;
    identity = identity * 31 + image->strings_size;
    return identity * 31 + image->gnu_hash + image->sysv_hash;
}

void libcrypto_fill_in(struct libcrypto *entry, const struct elf_image *image,
                       const struct dl_phdr_info *info, bool before_us)
{
    atomic_store(&entry->ready, false);
    forget_sites();
    mem_hooks_forget(entry);
    entry->end = elf_image_end(image);
    entry->identity = libcrypto_identity(image);
    entry->has_engine = false;
    entry->pin = PIN_NONE;
    entry->image = *image;
    entry->path = info->dlpi_name;
    entry->subs = (uintptr_t)info->dlpi_subs;
    entry->signal = 0;
    entry->with_program = false;
    entry->before_us = before_us;
    entry->version = 0;
    atomic_store(&entry->ready, true);
}

void libcrypto_drop(struct libcrypto *entry)
{
    entry->ready = false;
    forget_sites();
    entry->start = 0;
}
