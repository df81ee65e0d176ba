/*
 * See libcrypto.h. Nothing here waits for the loader.
 */
#include "libcrypto.h"

#include "apart.h"
#include "elf_binding.h"
#include "report.h"
#include "same_text.h"
#include "status.h"

static struct libcrypto table[MOST_LIBCRYPTOS] APART(4);
static _Atomic unsigned int changes;

/* As many entries, from the first on, have been used: pages of the others are not looked into. */
static _Atomic size_t used;

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
    uintptr_t start = index < used ? table[index].start : 0;

    return start && table[index].ready ? start : 0;
}

struct libcrypto *libcrypto_at(size_t index)
{
    return libcrypto_start(index) ? &table[index] : NULL;
}

unsigned int libcrypto_changes(void)
{
    return changes;
}

/* An entry may be dropped and claimed for another object meanwhile: an end belongs to a start that
 * is the same before and after it was read. */
struct libcrypto *libcrypto_around(const void *address)
{
    for (size_t i = 0; i < MOST_LIBCRYPTOS; i++) {
        uintptr_t start = libcrypto_start(i), end = start ? table[i].end : 0;

        if (start && (uintptr_t)address - start < end - start && libcrypto_start(i) == start)
            return &table[i];
    }
    return NULL;
}

/* ---- Its functions ---- */

/* Behind one another, so that no address needs relocation. */
#define NAME(name) #name "\0"
static const char names[] = OFTEN_CALLED(NAME);
static const char names_inside[] = CALLED_INSIDE(NAME);
#undef NAME

static const char *name_at(const char *name, unsigned int index)
{
    while (index--)
        while (*name++)
            ;
    return name;
}

const char *libcrypto_function_name(enum function function)
{
    return name_at(names, function);
}

const char *libcrypto_inside_name(enum inside function)
{
    return name_at(names_inside, function);
}

static void *symbol_inside(const struct libcrypto *libcrypto, const char *symbol)
{
    for (unsigned int i = 0; i < INSIDE_FUNCTIONS; i++)
        if (same_text(libcrypto_inside_name(i), symbol))
            return libcrypto->inside[i];
    return NULL;
}

void *libcrypto_symbol(const struct libcrypto *libcrypto, const char *symbol)
{
    return libcrypto->is_hidden ? symbol_inside(libcrypto, symbol)
                                : elf_image_symbol(&libcrypto->image, symbol);
}

void *libcrypto_function(struct libcrypto *libcrypto, enum function function)
{
    static const char absent;
    void *known = libcrypto->functions[function];

    if (!known) {
        known = libcrypto_symbol(libcrypto, libcrypto_function_name(function));
        libcrypto->functions[function] = known ? known : (void *)&absent;
    }
    return known == &absent ? NULL : known;
}

const char *libcrypto_version_text(const struct libcrypto *libcrypto)
{
    const char *(*text)(int) = libcrypto_symbol(libcrypto, "OpenSSL_version");

    if (!text)
        text = libcrypto_symbol(libcrypto, "SSLeay_version");
    return text ? text(0) : "OpenSSL of an unknown version";
}

/* ---- Entries come and go ---- */

bool libcrypto_is_still(const struct libcrypto *libcrypto)
{
    return libcrypto->is_permanent || loaded_still(libcrypto->start, libcrypto->mark);
}

static void use(size_t index)
{
    size_t before = used;

    while (before <= index && !atomic_compare_exchange_weak(&used, &before, index + 1))
        ;
}

/* For this thread, until it says release(). A life is the claim of one that fills an entry in, its
 * complement that of one that drops it. One that was claimed when the process was forked is taken
 * over. */
static bool take(struct libcrypto *entry, uint32_t life, bool leaves)
{
    uint32_t before = entry->claim;

    return before != life && before != ~life &&
           atomic_compare_exchange_strong(&entry->claim, &before, leaves ? ~life : life);
}

static void release(struct libcrypto *entry)
{
    entry->claim = 0;
}

static bool is_of(const struct libcrypto *entry, uintptr_t start, uint32_t life)
{
    return entry->start == start && entry->claim != ~life;
}

/* Not one that is about to be dropped. Threads that enter the same object go for the same empty
 * entry. */
static struct libcrypto *entry_for(uintptr_t start, uint32_t life)
{
    for (size_t i = 0; i < used; i++)
        if (is_of(&table[i], start, life))
            return &table[i];
    for (size_t i = 0; i < MOST_LIBCRYPTOS; i++) {
        uintptr_t empty = 0;

        use(i);
        if (atomic_compare_exchange_strong(&table[i].start, &empty, start) ||
            is_of(&table[i], start, life))
            return &table[i];
    }
    report(REPORT_NOT_PINNED, "more than %u OpenSSLs are loaded; this one is not pinned",
           (unsigned int)MOST_LIBCRYPTOS);
    return NULL;
}

/* Of those threads one gets it, and the others find it taken. One that was dropped before it could
 * be taken is let go. */
static struct libcrypto *claim(uintptr_t start)
{
    const uint32_t life = status_life();
    struct libcrypto *entry;

    while ((entry = entry_for(start, life))) {
        if (take(entry, life, false)) {
            if (entry->start == start)
                break;
            release(entry);
        } else if (entry->claim == life) {
            return NULL;
        }
    }
    return entry;
}

static const char *name_of(const struct loaded *loaded)
{
    const char *soname = loaded->path ? NULL : elf_image_soname(&loaded->image);

    return loaded->path ? loaded->path : soname ? soname : "";
}

static const char *last_part(const char *path)
{
    const char *last = path;

    for (; *path; path++)
        if (*path == '/')
            last = path + 1;
    return last;
}

struct libcrypto *libcrypto_enter(const struct loaded *loaded, void *const *inside)
{
    const char *soname = elf_image_soname(&loaded->image);
    struct libcrypto *entry;

    status_start();
    entry = claim(loaded->start);
    if (!entry)
        return NULL;
    entry->ready = false;
    entry->end = elf_image_end(&loaded->image);
    entry->pin = PIN_NONE;
    entry->awake = 0;
    entry->has_engine = 0;
    entry->version = 0;
    entry->method = NULL;
    entry->order = 0;
    entry->is_permanent = elf_is_permanent(&loaded->image);
    entry->life = status_life();
    entry->is_closed = false;
    entry->is_entered = false;
    entry->is_given = false;
    entry->is_hidden = inside != NULL;
    entry->image = loaded->image;
    if (loaded->image.headers == loaded->stand_in)
        entry->image.headers =
            __builtin_memcpy(entry->stand_in, loaded->stand_in, sizeof(entry->stand_in));
    entry->mark = loaded->mark;
    entry->version_count = elf_versions(&loaded->image, entry->versions, MOST_VERSIONS);
    entry->path = name_of(loaded);
    entry->names[0] = soname ? elf_hash_of(soname) : 0;
    entry->names[1] = elf_hash_of(entry->path);
    entry->names[2] = elf_hash_of(last_part(entry->path));
    for (size_t i = 0; i < FUNCTIONS; i++)
        entry->functions[i] = NULL;
    for (size_t i = 0; i < INSIDE_FUNCTIONS; i++)
        entry->inside[i] = inside ? inside[i] : NULL;
    entry->number = ++changes;
    entry->ready = true;
    release(entry);
    changes++; /* who has concluded something meanwhile did not know it */
    return entry;
}

void libcrypto_of_start(struct libcrypto *libcrypto, unsigned int order)
{
    libcrypto->order = order;
    libcrypto->is_permanent = true;
}

bool libcrypto_offers(const struct libcrypto *libcrypto, uint32_t version)
{
    for (size_t i = 0; i < libcrypto->version_count; i++)
        if (libcrypto->versions[i] == version)
            return true;
    return version == 0 || libcrypto->version_count == 0;
}

bool libcrypto_drop_gone(void)
{
    bool any = false;

    for (size_t i = 0; i < MOST_LIBCRYPTOS; i++) {
        struct libcrypto *entry = libcrypto_at(i);
        const unsigned int number = entry ? entry->number : 0;

        if (!entry || libcrypto_is_still(entry) || !take(entry, status_life(), true))
            continue;
        if (entry->number == number) { /* else the next one there has been entered since */
            entry->ready = false;
            entry->start = 0;
            changes++;
            any = true;
        }
        release(entry);
    }
    return any;
}
