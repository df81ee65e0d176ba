/*
 * Collect, then act: find.c takes notes while the loader's lock is held, and OpenSSL is called
 * after that. There is no lock of our own to wait for: each OpenSSL is pinned by the thread that is
 * first to say so.
 */
#include "activate.h"

#include <errno.h>

#include "find.h"
#include "imports.h"
#include "linux_syscall.h"
#include "mem_hooks.h"
#include "method.h"
#include "preload.h"
#include "random.h"
#include "report.h"
#include "settings.h"
#include "status.h"

struct libcrypto *_Atomic all_pinned;

void start_sources(void)
{
    static _Atomic unsigned int started; /* RISC-V exchanges no single bytes */
    int error;

    if (atomic_exchange(&started, true))
        return;
    status_start();
    error = random_start(settings.source, status_counters()->tallies, report_of_source);
    if (error)
        report(REPORT_FAILED, "no source of random bytes works (errno %u); OpenSSL will be told so",
               (unsigned int)error);
}

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

    if (libcrypto->pin == PIN_HELD && !report_is_wanted(REPORT_ACTIVATED))
        return;
    text = libcrypto_version_text(libcrypto);
    if (libcrypto->pin == PIN_HELD)
        report(REPORT_ACTIVATED, "%s in %s draws from the operating system (source %s)", text, path,
               random_source_name(random_source()));
    else if (libcrypto->pin == PIN_DRAWS)
        report(
            REPORT_NOT_PINNED,
            "%s in %s was built without RAND_set_rand_method(): calls of RAND_bytes() are served,"
            " its own draws come from its own generator",
            text, path);
    else if (libcrypto->pin == PIN_REFUSED && is_openssl_version(text))
        report(REPORT_NOT_PINNED, "%s in %s could not be pinned; it draws from its own generator",
               text, path);
    else if (libcrypto->pin == PIN_REFUSED)
        report(REPORT_NOT_NEEDED, "not needed: %s in %s takes no other method", text, path);
}

static enum pin_state set_method(struct libcrypto *libcrypto)
{
    int (*set)(const struct rand_method *) = libcrypto_symbol(libcrypto, "RAND_set_rand_method");
    const struct rand_method *(*get)(void) = libcrypto_symbol(libcrypto, "RAND_get_rand_method");
    int error = errno_kept();
    struct mem_functions original;
    bool bracketed, held;

    if (!set || !get)
        return PIN_DRAWS;
    bracketed = mem_hooks_begin(libcrypto, &original);
    /* Set before get: on an OpenSSL without a method, get would load the configuration file. */
    set(&osrandom_method);
    held = get() == &osrandom_method;
    if (bracketed)
        mem_hooks_end(libcrypto, &original);
    errno_put_back(error);
    return held ? PIN_HELD : PIN_REFUSED;
}

static unsigned long version_of(const struct libcrypto *libcrypto)
{
    unsigned long (*number)(void) = libcrypto_symbol(libcrypto, "OpenSSL_version_num");

    if (!number)
        number = libcrypto_symbol(libcrypto, "SSLeay");
    return number();
}

static struct libcrypto *one_if_all_pinned(void)
{
    struct libcrypto *held = NULL;

    for (size_t i = 0; i < MOST_LIBCRYPTOS; i++) {
        struct libcrypto *libcrypto = libcrypto_at(i);

        if (!libcrypto)
            continue;
        if (libcrypto->pin != PIN_HELD && libcrypto->pin != PIN_DRAWS)
            return NULL;
        held = libcrypto;
    }
    return held;
}

/* To be called after each change. Of several threads that do, the last one to write has seen all
 * changes. */
static void note_whether_all_pinned(void)
{
    static _Atomic unsigned int changes;
    unsigned int seen = atomic_fetch_add(&changes, 1) + 1, now;

    for (;;) {
        all_pinned = one_if_all_pinned();
        status_update();
        now = changes;
        if (now == seen)
            return;
        seen = now;
    }
}

/* A child that was forked while another thread was pinning has that thread's mark, and not the
 * thread: no such one exists in it. */
static bool left_by_fork(int thread)
{
    return linux_syscall(SYS_tgkill, linux_syscall(SYS_getpid), thread, 0) == -ESRCH;
}

static bool may_pin(struct libcrypto *libcrypto)
{
    int before = libcrypto->pin;

    return (before == PIN_NONE || (before < 0 && left_by_fork(-before))) &&
           atomic_compare_exchange_strong(&libcrypto->pin, &before,
                                          (int)-linux_syscall(SYS_gettid));
}

static void pin(struct libcrypto *libcrypto)
{
    if (!may_pin(libcrypto))
        return;
    settings_report();
    libcrypto->version = version_of(libcrypto);
    if (settings.mode == MODE_ACTIVATE) {
        start_sources();
        libcrypto->pin = set_method(libcrypto);
    } else {
        libcrypto->pin = PIN_LEFT;
    }
    note_whether_all_pinned();
    report_pin(libcrypto);
}

static struct libcrypto *pinned(struct libcrypto *libcrypto)
{
    if (libcrypto && libcrypto->pin <= PIN_NONE)
        pin(libcrypto);
    return libcrypto;
}

static void forget_gone(void)
{
    if (find_gone())
        note_whether_all_pinned();
}

void activate_all(void)
{
    find_all();
    for (size_t i = 0; i < MOST_LIBCRYPTOS; i++)
        pinned(libcrypto_at(i));
}

void activate_initialising(const void *address)
{
    forget_gone();
    pinned(find_initialising(address));
}

void pin_again(struct libcrypto *libcrypto)
{
    libcrypto->pin = set_method(libcrypto);
    note_whether_all_pinned();
}

void pin_given_up(struct libcrypto *libcrypto)
{
    libcrypto->pin = PIN_GIVEN;
    note_whether_all_pinned();
}

struct libcrypto *libcrypto_meant(const void *caller, const char *symbol)
{
    shim_start(); /* a library's constructor may have come before ours */
    forget_gone();
    return pinned(find_meant(caller, symbol));
}

struct libcrypto *libcrypto_meant_by_draw(const void *caller, const char *symbol)
{
    struct libcrypto *libcrypto = pinned(libcrypto_remembered(caller));

    if (libcrypto)
        return libcrypto;
    libcrypto = libcrypto_meant(caller, symbol);
    if (!libcrypto)
        start_sources();
    return libcrypto;
}

bool is_inside_pinned(const void *caller)
{
    const struct libcrypto *around = libcrypto_around(caller);

    return around && around->pin == PIN_HELD;
}
