/*
 * See find.h. What defines RAND_bytes or RAND_status but nothing else by which an OpenSSL is known
 * is a namesake, as libgnutls-openssl is: entered, for its callers mean it, and left alone.
 */
#include "find.h"

#include "apart.h"
#include "elf_binding.h"
#include "guard.h"
#include "hidden.h"
#include "imports.h"
#include "linux_maps.h"
#include "report.h"

static getenv_function *_Atomic next_getenv;
static getpid_function *_Atomic next_getpid;
static _Atomic uintptr_t program;

static bool is_ourselves(const struct elf_image *image)
{
    return elf_image_contains(image, (const void *)&next_getenv);
}

enum kind { KIND_OTHER, KIND_OPENSSL, KIND_NAMESAKE };

/* Of a static copy the linker has taken the version, 1.1.0 and later, only if the object asks for
 * it; BoringSSL has nothing but that. */
static bool is_openssl(const struct elf_image *image)
{
    return elf_image_symbol(image, "OpenSSL_version_num") || elf_image_symbol(image, "CRYPTO_free");
}

static enum kind kind_of(const struct elf_image *image)
{
    bool draws = elf_image_symbol(image, "RAND_bytes");

    if ((!draws && !elf_image_symbol(image, "RAND_status")) ||
        elf_image_symbol(image, "osrandom_status"))
        return KIND_OTHER; /* the latter is another copy of the shim */
    return draws && is_openssl(image) ? KIND_OPENSSL : KIND_NAMESAKE;
}

static struct libcrypto *enter(struct loaded *loaded, enum kind kind)
{
    struct libcrypto *entry;

    loaded_find_headers(loaded);
    entry = libcrypto_enter(loaded, NULL);

    if (entry && kind == KIND_NAMESAKE)
        entry->pin = PIN_FOREIGN;
    return entry;
}

static struct libcrypto *entered(uintptr_t start)
{
    for (size_t i = 0; i < MOST_LIBCRYPTOS; i++)
        if (libcrypto_start(i) == start)
            return libcrypto_at(i);
    return NULL;
}

/* ---- All, at the start ---- */

enum { MOST_OF_START = 256 };
static uintptr_t of_start[MOST_OF_START] APART(3);

struct search {
    bool past_program, past_ourselves;
    getenv_function *getenv_before_us;
    unsigned int found;
    size_t objects;
};

static bool read_object(struct loaded *loaded, const struct dl_phdr_info *info)
{
    if (!elf_image_read(&loaded->image, info->dlpi_addr, info->dlpi_phdr, info->dlpi_phnum))
        return false;
    loaded->start = elf_image_start(&loaded->image);
    loaded->path = info->dlpi_name;
    loaded->mark = NULL;
    return true;
}

/* One in front of the shim is never asked: it may ask the shim in turn, as another copy of the shim
 * does. */
static void note_getpid(const struct search *search, const struct elf_image *image)
{
    getpid_function *found = next_getpid ? NULL : elf_image_symbol(image, "getpid");

    if (found && search->past_ourselves)
        next_getpid = found;
    else if (found)
        guard_give_up();
}

/* The host's functions are the first behind the shim in load order, which is look-up order for all
 * that is loaded with the program; failing that, any getenv(). */
static void note_next(struct search *search, const struct elf_image *image)
{
    getenv_function *found;

    note_getpid(search, image);
    if (next_getenv || !(found = elf_image_symbol(image, "getenv")))
        return;
    if (search->past_ourselves)
        next_getenv = found;
    else
        search->getenv_before_us = found;
}

static int note_object(struct dl_phdr_info *info, size_t size, void *context)
{
    struct search *search = context;
    const bool is_program = !search->past_program;
    struct libcrypto *entry;
    struct loaded loaded;
    enum kind kind;

    (void)size;
    search->past_program = true;
    if (!read_object(&loaded, info))
        return 0;
    if (is_program) {
        program = loaded.start;
        loaded.path = ""; /* musl has a name for it */
    }
    if (is_ourselves(&loaded.image)) {
        search->past_ourselves = true;
        return 0;
    }
    note_next(search, &loaded.image);
    kind = kind_of(&loaded.image);
    if (kind == KIND_OTHER || (kind == KIND_NAMESAKE && !search->past_ourselves))
        return 0;
    entry = entered(loaded.start);
    if (!entry)
        entry = enter(&loaded, kind);
    if (entry)
        libcrypto_of_start(entry, ++search->found);
    return 0;
}

static int note_start(struct dl_phdr_info *info, size_t size, void *context)
{
    struct search *search = context;
    struct loaded loaded;

    (void)size;
    if (search->objects < MOST_OF_START && read_object(&loaded, info) &&
        !is_ourselves(&loaded.image))
        of_start[search->objects++] = loaded.start;
    return 0;
}

void find_all(void)
{
    struct search search = {0};

    if (!dl_iterate_phdr)
        return;
    dl_iterate_phdr(note_object, &search);
    if (!next_getenv)
        next_getenv = search.getenv_before_us;
    if (search.found > 1)
        dl_iterate_phdr(note_start, &search);
}

void find_at_start(void (*visit)(const struct elf_image *image, void *context), void *context)
{
    for (size_t i = 0; i < MOST_OF_START && of_start[i]; i++) {
        struct loaded loaded;

        if (loaded_from(of_start[i], &loaded))
            visit(&loaded.image, context);
    }
}

bool find_is_program(const struct loaded *loaded)
{
    return loaded->start == program;
}

getenv_function *find_getenv(void)
{
    return next_getenv;
}

getpid_function *find_getpid(void)
{
    return next_getpid;
}

/* ---- Later ---- */

/* Where an entry is that was entered in this very dlopen(), and pinned, its method is still ours.
 */
static bool is_known(const struct libcrypto *entry)
{
    return entry && libcrypto_is_still(entry) &&
           (entry->is_permanent || (entry->method && *entry->method));
}

struct libcrypto *find_initialising(const void *address, const char *name)
{
    struct libcrypto *entry;
    struct loaded loaded;

    if (!loaded_at(address, &loaded))
        return NULL;
    entry = entered(loaded.start);
    switch (kind_of(&loaded.image)) {
    case KIND_OPENSSL:
        return is_known(entry) ? entry : enter(&loaded, KIND_OPENSSL);
    case KIND_OTHER:
        if (is_known(entry))
            return entry;
        loaded_find_headers(&loaded);
        return hidden_enter(&loaded, address, name);
    default:
        return NULL;
    }
}

struct need {
    const struct elf_image *image;
    bool found;
};

static void enter_if_needed(uintptr_t start, const char *name, void *context)
{
    struct need *need = context;
    struct loaded loaded;
    enum kind kind;

    if (!elf_may_need(need->image, name) || entered(start) || !loaded_from(start, &loaded))
        return;
    kind = kind_of(&loaded.image);
    if (kind != KIND_OTHER && !is_ourselves(&loaded.image) && enter(&loaded, kind))
        need->found = true;
}

bool find_needed(const struct elf_image *image)
{
    struct need need = {.image = image};

    linux_maps_each(enter_if_needed, &need);
    return need.found;
}

const char *find_object_name(const void *address)
{
    struct loaded loaded;
    const char *name = loaded_at(address, &loaded) ? loaded.path : NULL;

    if (!name && libcrypto_around(address))
        name = libcrypto_around(address)->path;
    return name && *name ? name : report_program();
}
