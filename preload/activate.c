/*
 * Collect, then act: libcrypto.c takes notes while the loader's lock is held, and OpenSSL is called
 * after that. There is no lock of our own to wait for: each OpenSSL is pinned by the thread that is
 * first to say so.
 */
#include "activate.h"

#include <errno.h>

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
    static _Atomic bool started;
    int error;

    if (atomic_exchange(&started, true))
        return;
    status_start();
    error = random_start(settings.source, status_counters()->tallies);
    if (error)
        report(REPORT_FAILED, "no source of random bytes works (errno %u); OpenSSL will be told so",
               (unsigned int)error);
}

static bool starts_with(const char *text, const char *start)
{
    while (*start && *text == *start) {
        text++;
        start++;
    }
    return *start == '\0';
}

static void report_pin(const struct libcrypto *libcrypto)
{
    const char *text = libcrypto_version_text(libcrypto);
    const char *path = *libcrypto->path ? libcrypto->path : report_program();

    if (libcrypto->pin == PIN_HELD)
        report(REPORT_ACTIVATED, "%s in %s draws from the operating system (source %s)", text, path,
               random_source_name(random_source()));
    else if (libcrypto->pin == PIN_REFUSED && starts_with(text, "OpenSSL"))
        report(REPORT_NOT_PINNED, "%s in %s could not be pinned; it draws from its own generator",
               text, path);
    else if (libcrypto->pin == PIN_REFUSED)
        report(REPORT_NOT_NEEDED, "not needed: %s in %s takes no other method", text, path);
}

static enum pin_state set_method(struct libcrypto *libcrypto)
{
    int (*set)(const struct rand_method *) = libcrypto_symbol(libcrypto, "RAND_set_rand_method");
    const struct rand_method *(*get)(void) = libcrypto_symbol(libcrypto, "RAND_get_rand_method");
    struct mem_functions original;
    bool bracketed = mem_hooks_begin(libcrypto, &original);
    bool held;

    /* Set before get: on an OpenSSL without a method, get would load the configuration file. */
    set(&osrandom_method);
    held = get && get() == &osrandom_method;
    if (bracketed)
        mem_hooks_end(libcrypto, &original);
    return held ? PIN_HELD : PIN_REFUSED;
}

static unsigned long version_of(const struct libcrypto *libcrypto)
{
    unsigned long (*number)(void) = libcrypto_symbol(libcrypto, "OpenSSL_version_num");

    if (!number)
        number = libcrypto_symbol(libcrypto, "SSLeay");
    return number();
}

static void note_whether_all_pinned(void)
{
    struct libcrypto *held = NULL;
    bool all = true;

    for (size_t i = 0; i < MOST_LIBCRYPTOS; i++) {
        struct libcrypto *libcrypto = libcrypto_at(i);

        if (libcrypto && libcrypto->pin == PIN_HELD)
            held = libcrypto;
        else if (libcrypto)
            all = false;
    }
    all_pinned = all ? held : NULL;
    status_update();
}

/* A child that was forked while another thread was pinning has that thread's mark, and not the
 * thread: no such one exists in it. */
static bool left_by_fork(const struct libcrypto *libcrypto)
{
    return linux_syscall(SYS_tgkill, linux_syscall(SYS_getpid), libcrypto->pinning_thread, 0) ==
           -ESRCH;
}

static bool may_pin(struct libcrypto *libcrypto)
{
    unsigned int untried = PIN_NONE, trying = PIN_TRYING;

    if (atomic_compare_exchange_strong(&libcrypto->pin, &untried, PIN_TRYING)) {
        libcrypto->pinning_thread = (int)linux_syscall(SYS_gettid);
        return true;
    }
    return untried == PIN_TRYING && libcrypto->pinning_thread && left_by_fork(libcrypto) &&
           atomic_compare_exchange_strong(&libcrypto->pin, &trying, PIN_TRYING);
}

static void pin(struct libcrypto *libcrypto)
{
    int *error = __errno_location ? __errno_location() : NULL;
    int kept = error ? *error : 0;

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
    if (error)
        *error = kept;
}

static void pin_all(void)
{
    for (size_t i = 0; i < MOST_LIBCRYPTOS; i++) {
        struct libcrypto *libcrypto = libcrypto_at(i);

        if (libcrypto && libcrypto->pin <= PIN_TRYING)
            pin(libcrypto);
    }
}

void activate_all(void)
{
    libcrypto_find_all();
    pin_all();
}

void activate_initialising(const void *address)
{
    struct libcrypto *libcrypto = libcrypto_find_initialising(address);

    if (libcrypto)
        pin(libcrypto);
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

static struct libcrypto *pinned_for(const void *caller, const char *symbol)
{
    struct libcrypto *libcrypto = libcrypto_for(caller, symbol);

    if (libcrypto && libcrypto->pin <= PIN_TRYING)
        pin(libcrypto);
    return libcrypto;
}

struct libcrypto *libcrypto_meant(const void *caller, const char *symbol)
{
    shim_start(); /* a library's constructor may have come before ours */
    libcrypto_find_for(caller);
    return pinned_for(caller, symbol);
}

struct libcrypto *libcrypto_meant_by_table(const void *caller, const char *symbol)
{
    struct libcrypto *libcrypto;

    shim_start();
    libcrypto = pinned_for(caller, symbol);
    return libcrypto ? libcrypto : libcrypto_meant(caller, symbol);
}
