/*
 * See whom.h.
 */
#include "whom.h"

#include "apart.h"
#include "elf_binding.h"
#include "find.h"
#include "random.h"
#include "shim.h"

_Atomic uintptr_t seen_pages[SEEN_PAGES] APART(1);

static void note_seen(const void *caller)
{
    uintptr_t page = (uintptr_t)caller >> PAGE_SHIFT;
    size_t place = page % SEEN_PAGES;

    if (is_seen(caller))
        return;
    if (seen_pages[place])
        place ^= 1;
    seen_pages[place] = page;
}

static void forget_seen(void)
{
    for (size_t i = 0; i < SEEN_PAGES; i++)
        seen_pages[i] = 0;
}

/* ---- What the caller's object asks for ---- */

struct asked {
    const struct elf_image *image;
    enum function function;
    bool imports;                   /* it asks for the function by name */
    uint32_t version;               /* and this version; 0: any */
    const struct libcrypto *around; /* it is an OpenSSL itself */
};

static struct asked what_is_asked(const struct elf_image *image, enum function function)
{
    struct asked asked = {.image = image, .function = function};

    asked.imports = elf_imports(image, libcrypto_function_name(function), &asked.version);
    return asked;
}

/* The loader takes a library for the one that is needed by either name. */
static bool is_linked(const struct asked *asked, const struct libcrypto *libcrypto)
{
    for (size_t i = 0; i < sizeof(libcrypto->names) / sizeof(libcrypto->names[0]); i++)
        if (libcrypto->names[i] && elf_needs(asked->image, libcrypto->names[i]))
            return true;
    return libcrypto == asked->around;
}

static bool fits(const struct asked *asked, struct libcrypto *libcrypto)
{
    return !libcrypto->is_hidden && libcrypto_offers(libcrypto, asked->version) &&
           libcrypto_function(libcrypto, asked->function);
}

/* ---- Whom it means ---- */

/* The first of the start that fits: the look-up order begins with those. */
static struct libcrypto *of_start(const struct asked *asked)
{
    struct libcrypto *first = NULL;

    for (size_t i = 0; i < MOST_LIBCRYPTOS; i++) {
        struct libcrypto *libcrypto = libcrypto_at(i);

        if (libcrypto && libcrypto->order && (!first || libcrypto->order < first->order) &&
            fits(asked, libcrypto))
            first = libcrypto;
    }
    return first;
}

static struct libcrypto *linked(const struct asked *asked)
{
    for (size_t i = 0; i < MOST_LIBCRYPTOS; i++) {
        struct libcrypto *libcrypto = libcrypto_at(i);

        if (libcrypto && is_linked(asked, libcrypto) && fits(asked, libcrypto))
            return libcrypto;
    }
    return NULL;
}

struct lead {
    const struct asked *asked;
    struct libcrypto *to;
};

/* Of two that fit, one is asked before the other if it has a name that the other has as well. */
__attribute__((cold)) static void note_lead(uintptr_t word, size_t symbol, void *context)
{
    struct lead *lead = context;
    struct libcrypto *to = libcrypto_around((const void *)word);
    const char *name;

    if (!to || to == lead->to || !libcrypto_is_still(to) || !fits(lead->asked, to))
        return;
    name = lead->to ? elf_symbol_name(lead->asked->image, symbol) : NULL;
    if (!lead->to || (name && libcrypto_symbol(lead->to, name)))
        lead->to = to;
}

/* By its other calls, as far as the loader has bound them: it may need an OpenSSL by a link's name,
 * or another library that needs one; and RTLD_GLOBAL, or musl, which looks for a needed name though
 * one of that name was loaded by its path, may have led past the one that it names. The program may
 * have written there since, and what that leads to may be gone. */
static struct libcrypto *led_to(const struct asked *asked)
{
    struct lead lead = {.asked = asked};

    elf_each_bound(asked->image, note_lead, &lead);
    return lead.to;
}

__attribute__((noinline)) static struct libcrypto *bound(const struct asked *asked)
{
    struct libcrypto *found = of_start(asked);

    if (!found)
        found = led_to(asked);
    return found ? found : linked(asked);
}

/* An OpenSSL with versions asks for its own. */
static struct libcrypto *itself(const struct asked *asked)
{
    struct libcrypto *around = (struct libcrypto *)asked->around;

    return around && around->version_count ? around : NULL;
}

struct askers {
    enum function function;
    struct libcrypto *meant;
    bool differ;
};

static void note_asker(const struct elf_image *image, void *context)
{
    struct askers *askers = context;
    struct asked asked = what_is_asked(image, askers->function);
    struct libcrypto *meant = asked.imports ? bound(&asked) : NULL;

    if (!meant)
        return;
    askers->differ |= askers->meant && askers->meant != meant;
    askers->meant = meant;
}

/* The caller's object does not ask for the function. Of those that do, all may mean one. */
static struct libcrypto *meant_by_others(enum function function)
{
    struct askers askers = {.function = function};

    find_at_start(note_asker, &askers);
    return askers.differ ? NULL : askers.meant;
}

/* Any that has the function: rather an OpenSSL than a namesake, and one that stays than one that
 * may be on its way out, into which nobody looks. */
static struct libcrypto *any(enum function function)
{
    struct libcrypto *found = NULL;
    unsigned int best = 0;

    for (size_t i = 0; i < MOST_LIBCRYPTOS; i++) {
        struct libcrypto *libcrypto = libcrypto_at(i);
        unsigned int worth = libcrypto ? 1 : 0;

        if (libcrypto && libcrypto->is_permanent)
            worth += 2;
        if (libcrypto && libcrypto->pin != PIN_FOREIGN)
            worth += 4;
        if (worth > best && !libcrypto->is_hidden && libcrypto_is_still(libcrypto) &&
            (!libcrypto->is_permanent || libcrypto_function(libcrypto, function))) {
            found = libcrypto;
            best = worth;
        }
    }
    return found;
}

static struct libcrypto *first_of_start(enum function function)
{
    const struct asked anything = {.function = function};
    struct libcrypto *first = of_start(&anything);

    return first && first->pin != PIN_FOREIGN ? first : NULL;
}

/* NULL if none is known to be linked to, or to stay. What it concludes is kept. */
__attribute__((cold)) static struct libcrypto *choose(const struct loaded *object,
                                                      const void *caller, enum function function)
{
    struct asked asked = what_is_asked(&object->image, function);
    struct libcrypto *meant;

    asked.around = libcrypto_around(caller);
    if (asked.around && asked.around->is_hidden)
        asked.around = NULL;
    meant = itself(&asked);
    if (!meant && (asked.imports || asked.around)) {
        meant = bound(&asked);
        if (!meant && !is_seen(caller) && find_needed(&object->image))
            meant = bound(&asked);
    } else if (!meant) {
        meant = meant_by_others(function);
        if (!meant)
            meant = first_of_start(function);
        if (!meant)
            meant = linked(&asked);
    }
    return meant;
}

/* ---- Answers are kept, each with what it was concluded from ---- */

enum { ANSWERS = 64 };

static struct answer {
    _Atomic uint64_t question; /* object and function */
    _Atomic uint64_t reply;    /* of the question, the object's fingerprint, the entry */
} answers[ANSWERS] APART(2);

static uint64_t question_of(const struct loaded *object, enum function function)
{
    return (uint64_t)object->start << 4 ^ (uint64_t)function;
}

/* The entry's index in the lower bits. A reply that belongs to another question, for two threads
 * write at once, does not match. */
static uint64_t reply_of(uint64_t question, uint32_t print, unsigned int changes, size_t index)
{
    uint64_t mixed = (question ^ (uint64_t)print << 32 ^ changes) * UINT64_C(0x9e3779b97f4a7c15);

    return (mixed & ~(uint64_t)(MOST_LIBCRYPTOS - 1)) | index;
}

_Static_assert((MOST_LIBCRYPTOS & (MOST_LIBCRYPTOS - 1)) == 0, "an index is a few whole bits");

static struct libcrypto *answer_by_look(const struct loaded *object, const void *caller,
                                        enum function function)
{
    const uint64_t question = question_of(object, function);
    const uint32_t print = elf_fingerprint(&object->image);
    const unsigned int changes = libcrypto_changes(); /* another thread may make one meanwhile */
    struct answer *answer =
        &answers[(question * UINT64_C(0x9e3779b97f4a7c15)) >> 32 & (ANSWERS - 1)];
    const uint64_t reply = answer->reply;
    const size_t index = (size_t)(reply & (MOST_LIBCRYPTOS - 1));
    struct libcrypto *meant;

    if (answer->question == question && reply == reply_of(question, print, changes, index))
        return libcrypto_at(index);
    meant = choose(object, caller, function);
    if (meant) {
        answer->question = question;
        answer->reply = reply_of(question, print, changes, libcrypto_index(meant));
    }
    return meant;
}

/* ---- */

/* Whether it is known to be there for as long as the call lasts. */
static bool is_sure(const struct libcrypto *meant, const struct libcrypto *answered)
{
    return meant && (meant == answered || meant->is_permanent);
}

static struct libcrypto *look(const void *caller, enum function function, bool *sure)
{
    static _Atomic unsigned int changes_seen;
    struct libcrypto *answered, *meant;
    struct loaded object;

    shim_start(); /* a library's constructor may have come before ours */
    activate_put_in_order();
    answered = loaded_at(caller, &object) ? answer_by_look(&object, caller, function) : NULL;
    meant = answered ? answered : any(function);
    *sure = is_sure(meant, answered);
    if (*sure) {
        pinned(meant);
        activate_check(meant);
    }
    if (changes_seen != libcrypto_changes()) {
        changes_seen = libcrypto_changes();
        forget_seen();
    }
    note_seen(caller);
    return meant;
}

struct libcrypto *whom_by_look(const void *caller, enum function function)
{
    bool sure;

    return look(caller, function, &sure);
}

struct libcrypto *whom_draw(const void *caller, enum function function, OSSL_LIB_CTX *context)
{
    struct libcrypto *meant = whom_known(caller);
    bool sure = true;

    if (!meant)
        meant = look(caller, function, &sure);
    if (!meant && random_source() == RANDOM_AUTO) {
        start_sources();
        activate_note_changes();
    }
    if (meant && sure && wakes(meant) && !left_alone(meant))
        wake(meant, context);
    return meant;
}
