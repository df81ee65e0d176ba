/*
 * There is no lock of our own to wait for: each OpenSSL is pinned by the thread that is first to
 * say so.
 */
#include "activate.h"

#include <errno.h>

#include "find.h"
#include "guard.h"
#include "hidden.h"
#include "imports.h"
#include "mem_hooks.h"
#include "random.h"
#include "random_provider.h"
#include "report.h"
#include "rules_file.h"
#include "shim.h"
#include "status.h"
#include "wake.h"

static const struct rand_method *const nobody = NULL, *const everybody = &osrandom_method;

const struct rand_method *const volatile *_Atomic all_held = &nobody;
struct libcrypto *_Atomic only_libcrypto;

void start_sources(void)
{
    static _Atomic unsigned int started; /* RISC-V exchanges no single bytes */
    int error;

    if (atomic_exchange(&started, true))
        return;
    status_start();
    rules_read();
    error = random_start(settings.source, status_counters()->tallies, report_of_source);
    if (error)
        report(REPORT_FAILED, "no source of random bytes works (errno %u); OpenSSL will be told so",
               (unsigned int)error);
}

/* ---- What the operator is told ---- */

/* BoringSSL and AWS-LC call themselves "OpenSSL 1.1.1 (compatible; ...)". */
static bool is_openssl_version(const char *text)
{
    static const char start[] = "OpenSSL ", compatible[] = "(compatible";
    size_t i = 0, j = 0;

    while (start[i] && text[i] == start[i])
        i++;
    if (start[i])
        return false;
    for (; text[i] && compatible[j]; i++)
        j = text[i] == compatible[j] ? j + 1 : 0;
    return compatible[j] != '\0';
}

static void report_pin(const struct libcrypto *libcrypto)
{
    const char *name = libcrypto->path, *path = *name ? name : report_program();
    const char *text;

    if ((libcrypto->pin == PIN_HELD || libcrypto->pin == PIN_GUARDED) &&
        !report_is_wanted(REPORT_ACTIVATED))
        return;
    if (libcrypto->is_hidden && libcrypto->pin != PIN_HELD)
        return; /* has been told */
    text = libcrypto_version_text(libcrypto);
    if (libcrypto->pin == PIN_HELD)
        report(REPORT_ACTIVATED, "%s in %s draws from the operating system (source %s)", text, path,
               random_source_name(random_source()));
    else if (libcrypto->pin == PIN_DRAWS)
        report(
            REPORT_NOT_PINNED,
            "%s in %s was built without RAND_set_rand_method(): calls of RAND_bytes() are served,"
            " its own draws %s",
            text, path,
            random_provider_is_known(libcrypto) ? "from the program's first one on"
                                                : "come from its own generator");
    else if (libcrypto->pin == PIN_GUARDED)
        report(REPORT_ACTIVATED, "%s in %s keeps its own generator, made to notice forks", text,
               path);
    else if (libcrypto->pin == PIN_LEFT && settings.mode == MODE_RESEED)
        report(REPORT_NOT_PINNED,
               "%s in %s keeps its own generator, and cannot be made to notice forks", text, path);
    else if (libcrypto->pin == PIN_REFUSED && is_openssl_version(text))
        report(REPORT_NOT_PINNED, "%s in %s could not be pinned; it draws from its own generator",
               text, path);
    else if (libcrypto->pin == PIN_REFUSED)
        report(REPORT_NOT_NEEDED, "not needed: %s in %s takes no other method", text, path);
}

/* ---- Where OpenSSL keeps its method ---- */

enum { WORD = sizeof(void *), LARGEST_SEARCH = 1 << 20 /* bytes: a program may have gigabytes */ };

static const struct rand_method *_Atomic *word_in(uintptr_t from, uintptr_t to)
{
    for (; from + WORD <= to; from += WORD)
        if (*(const struct rand_method *_Atomic *)from == &osrandom_method)
            return (const struct rand_method *_Atomic *)from;
    return NULL;
}

/* A static variable that begins as NULL: it lies in what a writable segment has beyond its file.
 * That is simply read, for to ask the kernel which pages have been written to (mincore(2)) is what
 * a sandbox kills for: it is not in systemd's @system-service. */
static const struct rand_method *_Atomic *find_word(const struct elf_image *image)
{
    const struct rand_method *_Atomic *found = NULL;

    for (size_t i = 0; i < image->header_count && !found; i++) {
        const ElfW(Phdr) *header = &image->headers[i];
        uintptr_t from = image->base + header->p_vaddr + header->p_filesz;
        uintptr_t to = image->base + header->p_vaddr + header->p_memsz;

        if (header->p_type == PT_LOAD && (header->p_flags & PF_W) && to - from <= LARGEST_SEARCH)
            found = word_in((from + WORD - 1) & ~(uintptr_t)(WORD - 1), to);
    }
    return found;
}

bool holds(const struct libcrypto *libcrypto)
{
    const struct rand_method *(*get)(void);

    if (libcrypto->method)
        return *libcrypto->method == &osrandom_method;
    get = libcrypto_symbol(libcrypto, "RAND_get_rand_method");
    return get && get() == &osrandom_method;
}

/* ---- The pin ---- */

static enum pin_state set_method(struct libcrypto *libcrypto)
{
    int (*set)(const struct rand_method *) = libcrypto_symbol(libcrypto, "RAND_set_rand_method");
    const struct rand_method *(*get)(void) = libcrypto_symbol(libcrypto, "RAND_get_rand_method");
    int error = errno_kept();
    struct mem_functions original;
    bool bracketed, held;

    if (!set || !get)
        return PIN_DRAWS;
    libcrypto->is_entered = true;
    bracketed = mem_hooks_begin(libcrypto, &original);
    /* Set before get: on an OpenSSL without a method, get would load the configuration file. */
    set(&osrandom_method);
    held =
        get() == &osrandom_method && (!libcrypto->is_hidden || hidden_draws_by_method(libcrypto));
    if (bracketed)
        mem_hooks_end(libcrypto, &original);
    if (held && !libcrypto->method)
        libcrypto->method = find_word(&libcrypto->image);
    libcrypto->is_entered = false;
    errno_put_back(error);
    return held ? PIN_HELD : PIN_REFUSED;
}

static unsigned long version_of(const struct libcrypto *libcrypto)
{
    unsigned long (*number)(void) = libcrypto_symbol(libcrypto, "OpenSSL_version_num");

    if (!number)
        number = libcrypto_symbol(libcrypto, "SSLeay");
    return number ? number() : 0;
}

/* What is known of all: whether one is the only one, and whether all draws are ours. */
static void sum_up(void)
{
    const struct rand_method *const volatile *held = &everybody;
    struct libcrypto *only = NULL;
    size_t count = 0;

    for (size_t i = 0; i < MOST_LIBCRYPTOS; i++) {
        struct libcrypto *libcrypto = libcrypto_at(i);

        if (!libcrypto)
            continue;
        libcrypto->is_given = libcrypto->pin == PIN_HELD && settings.on_replace == REPLACE_ALLOW &&
                              libcrypto->method && libcrypto_is_still(libcrypto) &&
                              !holds(libcrypto);
        if (libcrypto->is_hidden)
            continue;
        count++;
        only = libcrypto->is_permanent && libcrypto->pin > PIN_TRYING ? libcrypto : NULL;
        if ((libcrypto->pin != PIN_HELD && libcrypto->pin != PIN_DRAWS) ||
            settings.on_replace == REPLACE_ALLOW)
            held = &nobody;
    }
    only_libcrypto = count == 1 ? only : NULL;
    if (count == 0 && random_source() == RANDOM_AUTO)
        held = &nobody;
    else if (count == 1 && only && only->method && held == &everybody)
        held = (const struct rand_method *const volatile *)only->method;
    all_held = held;
}

/* Of several threads that note changes, the last one to write has seen all of them. */
void activate_note_changes(void)
{
    static _Atomic unsigned int changes;
    unsigned int seen = atomic_fetch_add(&changes, 1) + 1, now;

    for (;;) {
        sum_up();
        status_update();
        now = changes;
        if (now == seen)
            return;
        seen = now;
    }
}

/* Marked with the process's life: a child that was forked while another thread was pinning has the
 * mark and not the thread. */
static bool may_pin(struct libcrypto *libcrypto)
{
    int before = libcrypto->pin, mark = -(int)status_life();

    return before <= PIN_NONE && before != mark && !libcrypto->is_entered &&
           atomic_compare_exchange_strong(&libcrypto->pin, &before, mark);
}

/* With OSRANDOM_MODE=reseed. What lies in the program itself could not be told from its other code,
 * and before 1.1.1 a process number is no more than something to stir in. */
static enum pin_state guarded(const struct libcrypto *libcrypto)
{
    if (!is_openssl_version(libcrypto_version_text(libcrypto)))
        return PIN_REFUSED;
    return libcrypto->version >= FIRST_WITH_DRBGS && *libcrypto->path && guard_start() ? PIN_GUARDED
                                                                                       : PIN_LEFT;
}

static enum pin_state pin_by_mode(struct libcrypto *libcrypto)
{
    if (settings.mode == MODE_RESEED)
        return guarded(libcrypto);
    if (settings.mode != MODE_ACTIVATE)
        return PIN_LEFT;
    start_sources();
    mem_hooks_forget(libcrypto);
    return set_method(libcrypto);
}

static void pin(struct libcrypto *libcrypto)
{
    enum pin_state state;

    if (!may_pin(libcrypto))
        return;
    rules_read();
    settings_report();
    libcrypto->version = version_of(libcrypto);
    state = pin_by_mode(libcrypto);
    if (state == PIN_REFUSED && libcrypto->is_hidden)
        state = hidden_refused(libcrypto);
    libcrypto->pin = state;
    wake_expect(libcrypto);
    activate_note_changes();
    report_pin(libcrypto);
}

struct libcrypto *pinned(struct libcrypto *libcrypto)
{
    if (libcrypto && libcrypto->pin <= PIN_NONE)
        pin(libcrypto);
    return libcrypto;
}

/* It began before all objects had been looked at. */
static void give_up_guard(struct libcrypto *libcrypto)
{
    if (!libcrypto || libcrypto->pin != PIN_GUARDED || guard_start())
        return;
    libcrypto->pin = PIN_LEFT;
    report_pin(libcrypto);
}

void activate_all(void)
{
    find_all();
    for (size_t i = 0; i < MOST_LIBCRYPTOS; i++)
        give_up_guard(pinned(libcrypto_at(i)));
    if (libcrypto_changes())
        activate_note_changes();
}

/* By a thread of the process that this one was forked from. If it was inside OpenSSL, and holds its
 * locks for ever, the pin cannot be finished, and draws are served all the same. */
static bool is_left_half_pinned(const struct libcrypto *libcrypto)
{
    const int state = libcrypto ? libcrypto->pin : PIN_NONE; /* once: another thread may be at it */

    return state < PIN_NONE && state != -(int)status_life() && !libcrypto->is_entered;
}

void activate_put_in_order(void)
{
    if (libcrypto_drop_gone())
        activate_note_changes();
    for (size_t i = 0; i < MOST_LIBCRYPTOS; i++) {
        struct libcrypto *libcrypto = libcrypto_at(i);

        if (is_left_half_pinned(libcrypto))
            pin(libcrypto);
    }
}

void activate_initialising(const void *address, const char *name)
{
    struct libcrypto *libcrypto;

    activate_put_in_order();
    libcrypto = find_initialising(address, name);
    if (libcrypto && libcrypto->pin > PIN_NONE)
        activate_note_changes(); /* of what hides, it may have been settled when it was found */
    else
        pinned(libcrypto);
}

/* After OPENSSL_cleanup() there are no locks to set a method by. */
void pin_again(struct libcrypto *libcrypto)
{
    if (libcrypto->is_closed)
        return;
    set_method(libcrypto); /* another thread may have set its own since */
    activate_note_changes();
}

int swap_kept_out(const char *what, const char *by)
{
    __atomic_fetch_add(&status_counters()->swaps, 1, __ATOMIC_RELAXED);
    report(REPORT_SWAP, "kept out a %s by %s; OSRANDOM_ON_REPLACE=allow would let it through", what,
           by);
    if (settings.on_replace == REPLACE_ABORT)
        stop_process();
    return settings.on_replace == REPLACE_FAIL ? 0 : 1;
}

/* Of another copy of the shim: there is no point in two of them fighting. */
static bool is_another_shims(const struct rand_method *method)
{
    struct loaded object;

    return loaded_at(method, &object) && elf_image_symbol(&object.image, "osrandom_status");
}

/* No method at all is the default, and the default is ours. */
void activate_check(struct libcrypto *libcrypto)
{
    const struct rand_method *other;

    if (libcrypto->pin != PIN_HELD || libcrypto->is_closed ||
        settings.on_replace == REPLACE_ALLOW || holds(libcrypto))
        return;
    other = libcrypto->method ? *libcrypto->method : NULL;
    if (other && is_another_shims(other)) {
        libcrypto->pin = PIN_LEFT;
        activate_note_changes();
        return;
    }
    if (other)
        swap_kept_out("method that was set past the shim", "an unknown caller");
    pin_again(libcrypto);
}
