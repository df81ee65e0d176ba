/*
 * See wake.h.
 */
#include "wake.h"

#include "imports.h"
#include "mem_hooks.h"
#include "method.h"
#include "status.h"

/* glibc 2.32: whether the process has had one thread only. */
extern char __libc_single_threaded;
#pragma weak __libc_single_threaded

enum wakefulness { ASLEEP, WAKING, AWAKE };

enum { WOKEN = 64 };

_Atomic bool wake_pending;

/* Since the program has made contexts of its own, NULL stands for the thread's default one, and
 * what OpenSSL draws within does not tell for which. */
static _Atomic bool has_contexts;

/* Contexts of the program's that have been woken: a row of one. One that falls out is woken again,
 * which does no harm. */
static _Atomic uintptr_t woken[WOKEN];

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

/* OpenSSL puts what fails on the error queue, and stock takes it off again. */
static void ask_for_providers(struct libcrypto *libcrypto, OSSL_LIB_CTX *context)
{
    int (*do_all)(OSSL_LIB_CTX *, int (*)(void *, void *), void *) =
        libcrypto_function(libcrypto, FUNCTION_OSSL_PROVIDER_do_all);
    int (*set_mark)(void) = libcrypto_symbol(libcrypto, "ERR_set_mark");
    int (*pop_to_mark)(void) = libcrypto_symbol(libcrypto, "ERR_pop_to_mark");
    int error = errno_kept();

    if (!do_all || !set_mark || !pop_to_mark)
        return;
    set_mark();
    do_all(context, stop, NULL);
    pop_to_mark();
    errno_put_back(error);
}

static bool may_wait(const struct libcrypto *libcrypto)
{
    return !libcrypto->is_closed && (libcrypto->life == status_life() ||
                                     (&__libc_single_threaded && __libc_single_threaded));
}

static bool is_asleep(const struct libcrypto *libcrypto)
{
    return libcrypto && libcrypto->pin == PIN_HELD && libcrypto->awake != AWAKE;
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
    ask_for_providers(libcrypto, NULL);
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
    ask_for_providers(libcrypto, context);
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

void wake_new_context(OSSL_LIB_CTX *context)
{
    uintptr_t present = (uintptr_t)context;

    if (!context)
        return;
    atomic_compare_exchange_strong(place_of(context), &present, 0);
    has_contexts = true;
    wake_pending = true;
}

/* ---- What OpenSSL itself tells ---- */

static void wake_by_method(const void *caller)
{
    struct libcrypto *libcrypto = has_contexts ? NULL : libcrypto_around(caller);

    if (is_asleep(libcrypto))
        wake_default(libcrypto);
}

/* In 1.0.x RAND_cleanup() asks for it, and draws may follow. */
static void close_by_method(const void *caller)
{
    enum { FIRST_WITH_OPENSSL_CLEANUP = 0x10100000 };
    struct libcrypto *libcrypto = libcrypto_around(caller);

    if (!libcrypto || libcrypto->version < FIRST_WITH_OPENSSL_CLEANUP)
        return;
    libcrypto->is_closed = true;
    mem_hooks_close(libcrypto);
}

void wake_expect(struct libcrypto *libcrypto)
{
    if (libcrypto->pin != PIN_HELD)
        return;
    method_released = close_by_method;
    if (!libcrypto_function(libcrypto, FUNCTION_OSSL_PROVIDER_do_all)) {
        libcrypto->awake = AWAKE;
        return;
    }
    wake_pending = true;
    method_used = wake_by_method;
}
