/*
 * Collect, then act: libcrypto_look() takes notes while the loader's lock is held, and OpenSSL is
 * called after it.
 */
#include "activate.h"

#include <errno.h>

#include "imports.h"
#include "linux_syscall.h"
#include "mem_hooks.h"
#include "method.h"
#include "random.h"
#include "report.h"
#include "settings.h"
#include "status.h"

struct libcrypto *_Atomic all_pinned;

/* The thread that is at it, and a mark for it to look again. Never waited for: the thread may sit
 * in dlopen() under locks that we would need. */
static _Atomic int activating;
static _Atomic bool look_again;

void start_sources(void)
{
    static bool started;
    int error;

    if (started)
        return;
    started = true;
    status_start();
    error = random_start(settings.source, status_counters()->tallies);
    if (error)
        report(REPORT_FAILED, "no source of random bytes works (errno %u); OpenSSL will be told so",
               (unsigned int)error);
}

/* A forked child has the lock of a thread that was left behind; no such thread exists in it. */
static bool left_by_fork(int owner)
{
    return linux_syscall(SYS_tgkill, linux_syscall(SYS_getpid), owner, 0) == -ESRCH;
}

static bool take_lock(void)
{
    int self = (int)linux_syscall(SYS_gettid);
    int owner = 0;

    if (atomic_compare_exchange_strong(&activating, &owner, self))
        return true;
    if (!left_by_fork(owner) || !atomic_compare_exchange_strong(&activating, &owner, self))
        return false;
    libcrypto_look_afresh();
    return true;
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
    else if (starts_with(text, "OpenSSL") && libcrypto->pin == PIN_REFUSED)
        report(REPORT_NOT_PINNED, "%s in %s could not be pinned; it draws from its own generator",
               text, path);
    else if (libcrypto->pin == PIN_REFUSED)
        report(REPORT_NOT_NEEDED, "not needed: %s in %s takes no other method", text, path);
}

static void set_method(struct libcrypto *libcrypto)
{
    int (*set)(const struct rand_method *) = libcrypto_symbol(libcrypto, "RAND_set_rand_method");
    const struct rand_method *(*get)(void) = libcrypto_symbol(libcrypto, "RAND_get_rand_method");
    bool bracketed = mem_hooks_begin(libcrypto);

    /* Set before get: on an OpenSSL without a method, get would load the configuration file. */
    set(&osrandom_method);
    libcrypto->pin = get && get() == &osrandom_method ? PIN_HELD : PIN_REFUSED;
    if (bracketed)
        mem_hooks_end(libcrypto);
}

static unsigned long version_of(const struct libcrypto *libcrypto)
{
    unsigned long (*number)(void) = libcrypto_symbol(libcrypto, "OpenSSL_version_num");

    if (!number)
        number = libcrypto_symbol(libcrypto, "SSLeay");
    return number();
}

static void pin(struct libcrypto *libcrypto)
{
    libcrypto->version = version_of(libcrypto);
    if (settings.mode == MODE_ACTIVATE) {
        start_sources();
        set_method(libcrypto);
    } else {
        libcrypto->pin = PIN_LEFT;
    }
    report_pin(libcrypto);
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

static void look_and_pin(const void *initialising)
{
    if (!libcrypto_look(initialising))
        return;
    for (size_t i = 0; i < MOST_LIBCRYPTOS; i++) {
        struct libcrypto *libcrypto = libcrypto_at(i);

        if (!libcrypto || libcrypto->pin != PIN_NONE)
            continue;
        settings_report();
        pin(libcrypto);
    }
    note_whether_all_pinned();
}

void activate(const void *initialising)
{
    int *error = __errno_location ? __errno_location() : NULL;
    int kept = error ? *error : 0;

    look_again = true;
    while (look_again && take_lock()) {
        look_again = false;
        look_and_pin(initialising);
        initialising = NULL; /* it is known now */
        activating = 0;
    }
    if (error)
        *error = kept;
}

void pin_again(struct libcrypto *libcrypto)
{
    set_method(libcrypto);
    note_whether_all_pinned();
}

void pin_given_up(struct libcrypto *libcrypto)
{
    libcrypto->pin = PIN_GIVEN;
    note_whether_all_pinned();
}

struct libcrypto *libcrypto_meant_slowly(const void *caller, const char *symbol)
{
    activate(NULL);
    return libcrypto_for(caller, symbol);
}
