/*
 * Finds OpenSSLs by dl_iterate_phdr().
 *
 * While its callback runs, another thread's dlopen() waits, so the callbacks read symbol tables and
 * take notes; nothing of OpenSSL is called under them. What defines RAND_bytes but neither
 * OpenSSL_version_num (1.1.0 and later) nor SSLeay (1.0.x) is another shim, and left alone.
 */
#include "find.h"

#include "imports.h"
#include "report.h"

static getenv_function *_Atomic next_getenv;

static bool read_object(struct elf_image *image, const struct dl_phdr_info *info)
{
    return elf_image_read(image, info->dlpi_addr, info->dlpi_phdr, info->dlpi_phnum);
}

static bool is_ourselves(const struct elf_image *image)
{
    return elf_image_contains(image, (const void *)&next_getenv);
}

static bool is_openssl(const struct elf_image *image)
{
    return elf_image_symbol(image, "RAND_bytes") && !is_ourselves(image) &&
           (elf_image_symbol(image, "OpenSSL_version_num") || elf_image_symbol(image, "SSLeay"));
}

static struct libcrypto *enter(const struct elf_image *image, const struct dl_phdr_info *info,
                               bool before_us)
{
    uintptr_t start = elf_image_start(image);
    struct libcrypto *entry = libcrypto_claimed(start) ? NULL : libcrypto_claim(start);

    if (entry)
        libcrypto_fill_in(entry, image, info, before_us);
    return entry;
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
    entry = is_openssl(&image) ? enter(&image, info, !search->past_ourselves) : NULL;
    if (entry)
        entry->with_program = true;
    return 0;
}

void find_all(void)
{
    struct search search = {0};

    if (!dl_iterate_phdr)
        return;
    dl_iterate_phdr(enter_if_openssl, &search);
    if (!next_getenv)
        next_getenv = search.getenv_before_us;
}

getenv_function *find_getenv(void)
{
    return next_getenv;
}

/* ---- Those that are gone ---- */

/* dlpi_subs, the loader's count of what it has unloaded, when the table was last compared. */
static _Atomic uintptr_t subs_compared;

struct roll_call {
    uintptr_t starts[MOST_LIBCRYPTOS]; /* of the entries, before it */
    bool present[MOST_LIBCRYPTOS];
};

/* The same file may have been mapped again at the same place, and have a new name in the loader's
 * memory. */
static int note_present(struct dl_phdr_info *info, size_t size, void *context)
{
    struct roll_call *roll = context;
    struct elf_image image;

    (void)size;
    if (!read_object(&image, info))
        return 0;
    for (size_t i = 0; i < MOST_LIBCRYPTOS; i++)
        if (roll->starts[i] == elf_image_start(&image) &&
            libcrypto_slot(i)->identity == libcrypto_identity(&image)) {
            libcrypto_slot(i)->path = info->dlpi_name;
            roll->present[i] = true;
        }
    return 0;
}

/* One that gives no signal when it is initialised is pinned anew, which does no harm if it has been
 * there all the time. */
static bool distrust(struct libcrypto *entry, uintptr_t subs)
{
    int held = PIN_HELD;

    if (entry->signal || entry->with_program || entry->subs == subs)
        return false;
    entry->subs = subs;
    return atomic_compare_exchange_strong(&entry->pin, &held, PIN_NONE);
}

/* All in one callback, during which the loader's list stays as it is: what is not on it now is
 * dropped before anything can be mapped and entered in its place. */
static int compare(struct dl_phdr_info *info, size_t size, void *context)
{
    const uintptr_t subs = (uintptr_t)info->dlpi_subs;
    struct roll_call roll = {0};
    bool *changed = context;

    (void)size;
    if (subs == subs_compared)
        return 1;
    for (size_t i = 0; i < MOST_LIBCRYPTOS; i++)
        roll.starts[i] = libcrypto_start(i);
    dl_iterate_phdr(note_present, &roll);
    for (size_t i = 0; i < MOST_LIBCRYPTOS; i++)
        if (roll.present[i]) {
            *changed |= distrust(libcrypto_slot(i), subs);
        } else if (roll.starts[i]) {
            libcrypto_drop(libcrypto_slot(i));
            *changed = true;
        }
    subs_compared = subs;
    return 1;
}

bool find_gone(void)
{
    bool changed = false;

    if (dl_iterate_phdr)
        dl_iterate_phdr(compare, &changed);
    return changed;
}

/* ---- The one that is being initialised ---- */

struct newcomer {
    const void *address;
    bool past_ourselves;
    struct libcrypto *entry;
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
    newcomer->past_ourselves |= is_ourselves(&image);
    if (!elf_image_contains(&image, newcomer->address))
        return 0;
    if (!is_openssl(&image))
        return 1;
    start = elf_image_start(&image);
    entry = libcrypto_claimed(start);
    signal = (uintptr_t)newcomer->address - start;
    if (entry && (entry->subs == (uintptr_t)info->dlpi_subs || entry->signal != signal)) {
        newcomer->entry = entry->pin == PIN_NONE ? entry : NULL;
        return 1;
    }
    if (!entry && !(entry = libcrypto_claim(start)))
        return 1;
    libcrypto_fill_in(entry, &image, info, !newcomer->past_ourselves);
    entry->signal = signal;
    newcomer->entry = entry;
    return 1;
}

struct libcrypto *find_initialising(const void *address)
{
    struct newcomer newcomer = {.address = address};

    if (dl_iterate_phdr)
        dl_iterate_phdr(note_newcomer, &newcomer);
    return newcomer.entry;
}

/* ---- The one that running code means ---- */

struct caller {
    const void *address;
    bool found;
    bool past_ourselves;
    struct elf_image image;
    const char *path;
    const char *symbol;                /* what it calls */
    struct libcrypto *related, *first; /* what find_meant() chooses from */
    bool first_has_symbol;
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

/* All is read from what the loader shows now, never from entries of other objects: those may be on
 * their way out in another thread. */
static int note_choice(struct dl_phdr_info *info, size_t size, void *context)
{
    struct caller *caller = context;
    struct libcrypto *entry;
    struct elf_image image;
    bool related, has_symbol;

    (void)size;
    if (!read_object(&image, info))
        return 0;
    caller->past_ourselves |= is_ourselves(&image);
    related = caller->found && is_part_of_or_linked_to(caller, &image) && is_openssl(&image);
    if (related)
        enter(&image, info, !caller->past_ourselves);
    entry = libcrypto_claimed(elf_image_start(&image));
    if (!entry || !entry->ready)
        return 0;
    if (related && !caller->related)
        caller->related = entry;
    has_symbol = elf_image_symbol(&image, caller->symbol) != NULL;
    if (!caller->first || (has_symbol && !caller->first_has_symbol)) {
        caller->first = entry;
        caller->first_has_symbol = has_symbol;
    }
    return 0;
}

struct libcrypto *find_meant(const void *address, const char *symbol)
{
    struct libcrypto *meant = libcrypto_around(address);
    struct caller caller;

    if (!meant) {
        caller = object_at(address);
        caller.symbol = symbol;
        if (dl_iterate_phdr)
            dl_iterate_phdr(note_choice, &caller);
        meant = caller.related;
    }
    if (!meant)
        return caller.first;
    libcrypto_remember(address, meant);
    return meant;
}

const char *find_object_name(const void *address)
{
    struct caller caller = object_at(address);

    return caller.found && *caller.path ? caller.path : report_program();
}
