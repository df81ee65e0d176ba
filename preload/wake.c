/*
 * See wake.h.
 */
#include "wake.h"

#include <signal.h>

#include "apart.h"
#include "imports.h"
#include "linux_syscall.h"
#include "mem_hooks.h"
#include "method.h"
#include "random_provider.h"
#include "status.h"

enum wakefulness { ASLEEP, WAKING, AWAKE };

enum { WOKEN = 64 };

_Atomic bool wake_pending;

/* Since the program has made contexts of its own, NULL stands for the thread's default one, and
 * what OpenSSL draws within does not tell for which. */
static _Atomic bool has_contexts;

/* Contexts of the program's that have been woken: a row of one. One that falls out is woken again,
 * which does no harm. */
static _Atomic uintptr_t woken[WOKEN] APART(5);

static _Atomic uintptr_t *place_of(const OSSL_LIB_CTX *context)
{
    return &woken[(uint32_t)((uintptr_t)context >> 4) * UINT32_C(0x9e3779b1) >> 26];
}

_Static_assert(WOKEN == 1 << (32 - 26), "a place is chosen by the upper bits of the hash");

/* ---- Waking ---- */

static int stop(void *provider, void *nothing)
{
    (void)provider;
    (void)nothing;
    return 0;
}

/* Where there are engines (up to 3.6), to ask for the method is to look for a default engine, and
 * that reads the configuration: in whatever context the draw is. */
static void read_configuration(const struct libcrypto *libcrypto)
{
    enum { OPENSSL_INIT_LOAD_CONFIG = 0x40 };
    int (*init)(uint64_t, const void *) = libcrypto_symbol(libcrypto, "OPENSSL_init_crypto");

    if (init && libcrypto_symbol(libcrypto, "ENGINE_get_default_RAND"))
        init(OPENSSL_INIT_LOAD_CONFIG, NULL);
}

/* OpenSSL puts what fails on the error queue, and stock takes it off again. One that takes no
 * method gets our provider now that its configuration is read. */
static void ask(struct libcrypto *libcrypto, bool for_providers, OSSL_LIB_CTX *context)
{
    int (*do_all)(OSSL_LIB_CTX *, int (*)(void *, void *), void *) =
        libcrypto_function(libcrypto, FUNCTION_OSSL_PROVIDER_do_all);
    int (*set_mark)(void) = libcrypto_symbol(libcrypto, "ERR_set_mark");
    int (*pop_to_mark)(void) = libcrypto_symbol(libcrypto, "ERR_pop_to_mark");
    int error = errno_kept();

    if (!do_all || !set_mark || !pop_to_mark)
        return;
    set_mark();
    read_configuration(libcrypto);
    if (for_providers)
        do_all(context, stop, NULL);
    if (libcrypto->pin == PIN_DRAWS)
        random_provider_set(libcrypto, context);
    pop_to_mark();
    errno_put_back(error);
}

static bool has_handler(int signal)
{
    struct { /* the kernel's struct sigaction; some machines have more members */
        uintptr_t handler;
        uintptr_t more[19];
    } action = {0}; /* for analyzers: the call fills it */

    return linux_syscall(SYS_rt_sigaction, signal, NULL, &action, sizeof(uint64_t)) == 0 &&
           action.handler > 1; /* neither SIG_DFL nor SIG_IGN */
}

/* Whether a signal that has a handler is blocked: in that handler it is, and what it has
 * interrupted may be OpenSSL, or malloc(). Nobody tells of a handler itself. A thread may block all
 * signals for good, and then each of its draws asks: the last one found is asked about first. */
static bool may_be_in_handler(void)
{
    static _Atomic int last;
    const int known = last;
    uint64_t blocked = 0;

    if (linux_syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, &blocked, sizeof(blocked)) != 0)
        return true;
    if (known && (blocked >> (known - 1) & 1) && has_handler(known))
        return true;
    for (int signal = 1; blocked; signal++, blocked >>= 1)
        if ((blocked & 1) && has_handler(signal)) {
            last = signal;
            return true;
        }
    return false;
}

static bool may_wait(const struct libcrypto *libcrypto)
{
    return !libcrypto->is_closed && status_is_undisturbed_since(libcrypto->life) &&
           !may_be_in_handler();
}

static bool is_asleep(const struct libcrypto *libcrypto)
{
    return libcrypto && wakes(libcrypto) && libcrypto->awake != AWAKE;
}

static void note_awake(struct libcrypto *libcrypto)
{
    bool pending = has_contexts;

    libcrypto->awake = AWAKE;
    for (size_t i = 0; i < MOST_LIBCRYPTOS; i++)
        pending |= is_asleep(libcrypto_at(i));
    if (pending)
        return;
    method_used = NULL;
    wake_pending = false;
}

static void wake_default(struct libcrypto *libcrypto)
{
    unsigned int asleep = ASLEEP;

    if (libcrypto->awake != ASLEEP || !may_wait(libcrypto) ||
        !atomic_compare_exchange_strong(&libcrypto->awake, &asleep, WAKING))
        return;
    ask(libcrypto, true, NULL);
    note_awake(libcrypto);
}

static OSSL_LIB_CTX *default_of_thread(struct libcrypto *libcrypto)
{
    OSSL_LIB_CTX *(*set_default)(OSSL_LIB_CTX *) =
        libcrypto_function(libcrypto, FUNCTION_OSSL_LIB_CTX_set0_default);

    return set_default ? set_default(NULL) : NULL;
}

static void wake_own(struct libcrypto *libcrypto, OSSL_LIB_CTX *context)
{
    _Atomic uintptr_t *place = place_of(context);

    if (*place == (uintptr_t)context || !may_wait(libcrypto))
        return;
    *place = (uintptr_t)context;
    ask(libcrypto, true, context);
}

void wake(struct libcrypto *libcrypto, OSSL_LIB_CTX *context)
{
    if (!context && has_contexts)
        context = default_of_thread(libcrypto);
    if (context)
        wake_own(libcrypto, context);
    else
        wake_default(libcrypto);
}

void wake_method_asked(struct libcrypto *libcrypto)
{
    if (libcrypto->awake == ASLEEP && may_wait(libcrypto))
        ask(libcrypto, false, NULL);
}

static void wake_by_method(const void *caller)
{
    struct libcrypto *libcrypto = libcrypto_around(caller);

    if (libcrypto && libcrypto->pin == PIN_HELD)
        wake(libcrypto, NULL);
}

void wake_new_context(OSSL_LIB_CTX *context)
{
    uintptr_t present = (uintptr_t)context;

    if (!context)
        return;
    atomic_compare_exchange_strong(place_of(context), &present, 0);
    has_contexts = true;
    wake_pending = true;
    method_used = wake_by_method;
}

/* ---- What OpenSSL itself tells, after its last draw ---- */

/* In 1.0.x RAND_cleanup() asks for it, and draws may follow. The version does not tell them apart:
 * a hidden copy may have been linked without that function. */
static void close_by_method(const void *caller)
{
    struct libcrypto *libcrypto = libcrypto_around(caller);

    if (!libcrypto || !libcrypto_symbol(libcrypto, "OPENSSL_init_crypto"))
        return;
    libcrypto->is_closed = true;
    status_update();
    mem_hooks_close(libcrypto);
}

void wake_expect(struct libcrypto *libcrypto)
{
    if (!wakes(libcrypto))
        return;
    method_released = close_by_method;
    if (!libcrypto_function(libcrypto, FUNCTION_OSSL_PROVIDER_do_all)) {
        libcrypto->awake = AWAKE;
        return;
    }
    wake_pending = true;
    method_used = wake_by_method;
}
