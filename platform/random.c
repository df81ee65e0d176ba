/*
 * Chooses among the sources, and falls to the next one when one fails.
 */
#include "random.h"

#include <errno.h>
#include <stdatomic.h>

#include "apart.h"
#include "source.h"

/* The order in which each system's are tried, and the place of the first that needs no start. */
#if defined(__linux__)
static const struct source *const sources[] = {&linux_vdso, &linux_getrandom, &getentropy_source,
                                               &dev_urandom};
enum { NEEDS_NO_START = 1 };
#elif defined(_WIN32)
static const struct source *const sources[] = {&windows_bcrypt, &windows_crypt};
enum { NEEDS_NO_START = 0 };
#else
static const struct source *const sources[] = {&getentropy_source};
enum { NEEDS_NO_START = 0 };
#endif

enum { SOURCES = sizeof(sources) / sizeof(sources[0]) };

/* Until random_start(), and unless it was named. Other threads may draw while they are set. Not
 * zero, so that they lie in .data, which every process has in its memory anyway. */
static _Atomic bool unstarted = true;
static _Atomic bool skips_getentropy = true;

/* The source that a draw tries first. Before random_start() it is the one that needs no start. */
static _Atomic unsigned int first_source = NEEDS_NO_START;

static struct random_tally uncounted[RANDOM_STRIPES] APART(6);
struct random_tally *_Atomic random_stripes = uncounted;

static void notify_nobody(enum random_notice notice, enum random_source source, int error)
{
    (void)notice;
    (void)source;
    (void)error;
}

random_notify_function *_Atomic random_notify = notify_nobody;

const char *random_source_name(enum random_source source)
{
    static const char names[][sizeof("cryptgenrandom")] = {
        "auto", "vdso", "getrandom", "getentropy", "urandom", "bcrypt", "cryptgenrandom"};

    return names[source];
}

enum random_source random_source(void)
{
    return unstarted ? RANDOM_AUTO : sources[first_source]->kind;
}

static unsigned int next_source(unsigned int index)
{
    index++;
    return index < SOURCES && sources[index]->kind == RANDOM_GETENTROPY && skips_getentropy
               ? index + 1
               : index;
}

/* The place of one in the order; that of the first for one that this system does not have. */
static unsigned int place_of(enum random_source wanted)
{
    unsigned int index = 0;

    while (index < SOURCES && sources[index]->kind != wanted)
        index++;
    return index % SOURCES;
}

__attribute__((cold)) int random_start(enum random_source wanted, struct random_tally *tallies,
                                       random_notify_function *notify)
{
    const unsigned int place = place_of(wanted);
    int error = ENOSYS, first_error = 0;

    if (tallies)
        random_stripes = tallies;
    if (notify)
        random_notify = notify;
    skips_getentropy = wanted != RANDOM_GETENTROPY;
    unstarted = false;
    for (unsigned int index = place; index < SOURCES; index = next_source(index)) {
        error = sources[index]->start();
        if (error == 0) {
            first_source = index;
            if (index != place && wanted != RANDOM_AUTO)
                random_notify(RANDOM_NOTICE_LOST, sources[place]->kind, first_error);
            return 0;
        }
        if (index == place)
            first_error = error;
    }
    /* Later draws try again, but for the vDSO, which cannot be called before it was started. */
    first_source = place > NEEDS_NO_START ? place : NEEDS_NO_START;
    return error;
}

void random_count(size_t bytes, bool last)
{
    struct random_tally *tally = &random_stripes[RANDOM_STRIPES - 1];

    __atomic_fetch_add(&tally->draws, last, __ATOMIC_RELAXED);
    __atomic_fetch_add(&tally->bytes, bytes, __ATOMIC_RELAXED);
}

/* Draws until nothing is left; what a failing source has delivered stays. got is what the source
 * has answered already: ASK_AGAIN if nothing, or if it was interrupted. */
static int drain(const struct source *source, long got, unsigned char **cursor, size_t *left)
{
    while (*left > 0) {
        while (got == ASK_AGAIN)
            got = source->draw(*cursor, *left);
        if (got <= 0)
            return got < 0 ? (int)-got : EIO;
        if (!source->counts)
            random_count((size_t)got, (size_t)got == *left);
        *cursor += got;
        *left -= (size_t)got;
        got = ASK_AGAIN;
    }
    return 0;
}

/* Later draws begin with the source that has just served. Another thread may have been faster. */
static void settle_on(unsigned int index, unsigned int chosen, int error)
{
    if (atomic_compare_exchange_strong(&first_source, &chosen, index))
        random_notify(RANDOM_NOTICE_LOST, sources[chosen]->kind, error);
}

/* From the chosen source, which has answered got, and from those behind it. */
__attribute__((cold)) static int fill_from_any(unsigned int chosen, long got, void *buffer,
                                               size_t length)
{
    unsigned char *cursor = buffer;
    size_t left = length;
    int first_error = 0;
    int error = ENOSYS;

    for (unsigned int index = chosen; index < SOURCES; index = next_source(index)) {
        error = drain(sources[index], got, &cursor, &left);
        got = ASK_AGAIN;
        if (index == chosen)
            first_error = error;
        if (error == 0) {
            if (index != chosen && first_error != EAGAIN)
                settle_on(index, chosen, first_error);
            return 0;
        }
    }
    return error;
}

/* Another number in each process that was forked: what it is kept in is wiped there, if the tallies
 * lie in such memory. Never 0. */
static uint32_t life(void)
{
    static _Atomic uint32_t last; /* a child knows how many its ancestors had */
    uint32_t *here = &random_stripes[RANDOM_STRIPES - 1].life;
    uint32_t none = 0;

    if (__atomic_load_n(here, __ATOMIC_RELAXED) == 0)
        __atomic_compare_exchange_n(here, &none, atomic_fetch_add(&last, 1) + 1, false,
                                    __ATOMIC_RELAXED, __ATOMIC_RELAXED);
    return __atomic_load_n(here, __ATOMIC_RELAXED);
}

/* A draw in pieces begins anew in a child that a signal handler has forked meanwhile: the pieces
 * before are the parent's too. */
static int fill(unsigned int chosen, long got, void *buffer, size_t length)
{
    uint32_t before;
    int error;

    do {
        before = life();
        error = fill_from_any(chosen, got, buffer, length);
        got = ASK_AGAIN;
    } while (error == 0 && life() != before);
    return error;
}

/* Acquire: what start() has prepared is seen with the choice of the source. */
static unsigned int first(void)
{
    return atomic_load_explicit(&first_source, memory_order_acquire);
}

int random_fill_any(void *buffer, size_t length)
{
    return fill(first(), ASK_AGAIN, buffer, length);
}

int random_fill_after(const struct source *source, long answer, void *buffer, size_t length)
{
    return fill(place_of(source->kind), answer, buffer, length);
}

int random_fill(void *buffer, size_t length)
{
    return sources[first()]->fill(buffer, length);
}
