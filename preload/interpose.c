/*
 * Every symbol that is defined over someone else's, each with the reason for it.
 *
 * In a process without OpenSSL these names exist all the same, and a program that probes for them
 * with dlsym() finds them: draws are served then, everything else answers 0 or NULL. Where nothing
 * is pinned (OSRANDOM_MODE=register and builtin, LibreSSL, BoringSSL, OSRANDOM_ON_SWAP=allow) each
 * forwards to the OpenSSL that the caller means. As a second net, they find and pin an OpenSSL that
 * came in unnoticed.
 */
#include "interpose.h"

#include "activate.h"
#include "engine.h"
#include "find.h"
#include "generators.h"
#include "imports.h"
#include "mem_hooks.h"
#include "method.h"
#include "preload.h"
#include "report.h"
#include "same_text.h"
#include "settings.h"
#include "status.h"

#define CALLER __builtin_return_address(0)

/* Calls the function of this name in that OpenSSL; 0 or NULL if it has none. */
#define FORWARD(there, function, ...)                                                              \
    ({                                                                                             \
        __typeof__(&(function)) real = libcrypto_symbol(there, #function);                         \
        real ? real(__VA_ARGS__) : 0;                                                              \
    })

/* ---- Draws: served without OpenSSL's locks, also before and after its own life. ---- */

/* length is an int in OpenSSL and a size_t in BoringSSL: one register holds either, and is handed
 * on whole. */
int RAND_bytes(unsigned char *buffer, size_t length)
{
    struct libcrypto *meant = libcrypto_meant_quickly(CALLER, "RAND_bytes");

    return left_alone(meant) ? FORWARD(meant, RAND_bytes, buffer, length)
                             : method_bytes(buffer, (int)length);
}

int RAND_priv_bytes(unsigned char *buffer, size_t length)
{
    struct libcrypto *meant = libcrypto_meant_quickly(CALLER, "RAND_priv_bytes");

    return left_alone(meant) ? FORWARD(meant, RAND_priv_bytes, buffer, length)
                             : method_bytes(buffer, (int)length);
}

int RAND_pseudo_bytes(unsigned char *buffer, size_t length)
{
    struct libcrypto *meant = libcrypto_meant_quickly(CALLER, "RAND_pseudo_bytes");

    return left_alone(meant) ? FORWARD(meant, RAND_pseudo_bytes, buffer, length)
                             : method_bytes(buffer, (int)length);
}

/* OpenSSL 3.0 to 3.5 cut this size_t to an int on its way to a method: 4 GiB and 16 bytes came back
 * as 16 bytes and a success. */
int RAND_bytes_ex(OSSL_LIB_CTX *context, unsigned char *buffer, size_t length,
                  unsigned int strength)
{
    struct libcrypto *meant = libcrypto_meant_quickly(CALLER, "RAND_bytes_ex");

    return left_alone(meant) ? FORWARD(meant, RAND_bytes_ex, context, buffer, length, strength)
                             : method_draw(buffer, length);
}

int RAND_priv_bytes_ex(OSSL_LIB_CTX *context, unsigned char *buffer, size_t length,
                       unsigned int strength)
{
    struct libcrypto *meant = libcrypto_meant_quickly(CALLER, "RAND_priv_bytes_ex");

    return left_alone(meant) ? FORWARD(meant, RAND_priv_bytes_ex, context, buffer, length, strength)
                             : method_draw(buffer, length);
}

/* ---- What belongs to draws: answered as the method would, and so also where the draws are served
 *      but OpenSSL is not there to ask the method: after OPENSSL_cleanup(), in a chroot. ---- */

/* OpenSSL's own gathers a seed for a method that wants none, with system calls and allocations. */
int RAND_poll(void)
{
    struct libcrypto *meant = libcrypto_meant_quickly(CALLER, "RAND_poll");

    return left_alone(meant) ? FORWARD(meant, RAND_poll) : meant != NULL;
}

int RAND_status(void)
{
    struct libcrypto *meant = libcrypto_meant_quickly(CALLER, "RAND_status");

    return left_alone(meant) ? FORWARD(meant, RAND_status) : meant != NULL;
}

void RAND_seed(const void *buffer, int length)
{
    struct libcrypto *meant = libcrypto_meant_quickly(CALLER, "RAND_seed");
    void (*real)(const void *, int) =
        left_alone(meant) ? libcrypto_symbol(meant, "RAND_seed") : NULL;

    if (real)
        real(buffer, length);
}

void RAND_add(const void *buffer, int length, double entropy)
{
    struct libcrypto *meant = libcrypto_meant_quickly(CALLER, "RAND_add");
    void (*real)(const void *, int, double) =
        left_alone(meant) ? libcrypto_symbol(meant, "RAND_add") : NULL;

    if (real)
        real(buffer, length, entropy);
}

/* ---- Draws from OpenSSL's default generators, in which a method has no part; 3.0 and later. What
 *      the program has made itself stays as it is: known answers depend on it. ---- */

enum { STRONGEST = 256 }; /* bits; OpenSSL refuses what its generators cannot give */

static bool is_ours(const void *caller, const char *function, const EVP_RAND_CTX *generator)
{
    return generators_are_default(generator) &&
           !left_alone(libcrypto_meant_quickly(caller, function));
}

/* The kernel's bytes need no prediction resistance, and nothing more to be stirred in. */
int EVP_RAND_generate(EVP_RAND_CTX *generator, unsigned char *buffer, size_t length,
                      unsigned int strength, int prediction_resistance, const unsigned char *more,
                      size_t more_length)
{
    struct libcrypto *meant;

    if (strength <= STRONGEST && is_ours(CALLER, "EVP_RAND_generate", generator))
        return method_draw(buffer, length);
    meant = libcrypto_meant_by_draw(CALLER, "EVP_RAND_generate");
    return meant ? FORWARD(meant, EVP_RAND_generate, generator, buffer, length, strength,
                           prediction_resistance, more, more_length)
                 : 0;
}

int EVP_RAND_nonce(EVP_RAND_CTX *generator, unsigned char *buffer, size_t length)
{
    struct libcrypto *meant;

    if (is_ours(CALLER, "EVP_RAND_nonce", generator))
        return method_draw(buffer, length);
    meant = libcrypto_meant_by_draw(CALLER, "EVP_RAND_nonce");
    return meant ? FORWARD(meant, EVP_RAND_nonce, generator, buffer, length) : 0;
}

/* A FIPS provider's must stay its own, and so may another's that the operator has chosen. */
static bool is_of_default_provider(const struct libcrypto *meant, EVP_RAND_CTX *generator)
{
    EVP_RAND *(*algorithm)(EVP_RAND_CTX *) = libcrypto_symbol(meant, "EVP_RAND_CTX_get0_rand");
    void *(*provider)(EVP_RAND *) = libcrypto_symbol(meant, "EVP_RAND_get0_provider");
    const char *(*name)(void *) = libcrypto_symbol(meant, "OSSL_PROVIDER_get0_name");
    const char *found;

    if (!generator || !algorithm || !provider || !name)
        return false;
    found = name(provider(algorithm(generator)));
    return found && same_text(found, "default");
}

static EVP_RAND_CTX *lend(const struct libcrypto *meant, enum default_generator which,
                          EVP_RAND_CTX *generator)
{
    return is_of_default_provider(meant, generator) ? generators_lend(which, generator) : generator;
}

EVP_RAND_CTX *RAND_get0_primary(OSSL_LIB_CTX *context)
{
    struct libcrypto *meant = libcrypto_meant_by_draw(CALLER, "RAND_get0_primary");

    return meant ? lend(meant, GENERATOR_PRIMARY, FORWARD(meant, RAND_get0_primary, context))
                 : NULL;
}

EVP_RAND_CTX *RAND_get0_public(OSSL_LIB_CTX *context)
{
    struct libcrypto *meant = libcrypto_meant_by_draw(CALLER, "RAND_get0_public");

    return meant ? lend(meant, GENERATOR_PUBLIC, FORWARD(meant, RAND_get0_public, context)) : NULL;
}

EVP_RAND_CTX *RAND_get0_private(OSSL_LIB_CTX *context)
{
    struct libcrypto *meant = libcrypto_meant_by_draw(CALLER, "RAND_get0_private");

    return meant ? lend(meant, GENERATOR_PRIVATE, FORWARD(meant, RAND_get0_private, context))
                 : NULL;
}

/* The program's own, which no draw of ours may touch. */
EVP_RAND_CTX *EVP_RAND_CTX_new(EVP_RAND *algorithm, EVP_RAND_CTX *parent)
{
    struct libcrypto *meant = libcrypto_meant_by_draw(CALLER, "EVP_RAND_CTX_new");

    return meant ? generators_disown(FORWARD(meant, EVP_RAND_CTX_new, algorithm, parent)) : NULL;
}

/* With these it puts its own in place of a default, and RAND_get0_public() returns that. */
int RAND_set0_public(OSSL_LIB_CTX *context, EVP_RAND_CTX *theirs)
{
    struct libcrypto *meant = libcrypto_meant_by_draw(CALLER, "RAND_set0_public");

    if (theirs)
        generators_replace(GENERATOR_PUBLIC);
    return meant ? FORWARD(meant, RAND_set0_public, context, theirs) : 0;
}

int RAND_set0_private(OSSL_LIB_CTX *context, EVP_RAND_CTX *theirs)
{
    struct libcrypto *meant = libcrypto_meant_by_draw(CALLER, "RAND_set0_private");

    if (theirs)
        generators_replace(GENERATOR_PRIVATE);
    return meant ? FORWARD(meant, RAND_set0_private, context, theirs) : 0;
}

/* ---- Holding on: the ways by which a program, a library or OpenSSL itself replaces the method. */

const struct rand_method *RAND_get_rand_method(void)
{
    struct libcrypto *meant = libcrypto_meant_quickly(CALLER, "RAND_get_rand_method");

    if (left_alone(meant))
        return FORWARD(meant, RAND_get_rand_method);
    return meant ? &osrandom_method : NULL;
}

/* What the program is told when its method or engine is kept out. Nothing goes on OpenSSL's error
 * queue: a stale entry there makes a later SSL_get_error() report a failure that never was. */
static int keep_out(const void *caller, const char *function)
{
    __atomic_fetch_add(&status_counters()->swaps, 1, __ATOMIC_RELAXED);
    report(REPORT_SWAP, "kept out a %s() by %s; OSRANDOM_ON_SWAP=allow would let it through",
           function, find_object_name(caller));
    if (settings.on_swap == SWAP_ABORT)
        stop_process();
    return settings.on_swap == SWAP_FAIL ? 0 : 1;
}

/* theirs is a method or an engine, as the function takes it; to_default: it is NULL or ours. */
static int swap(struct libcrypto *meant, const void *caller, const char *function,
                const void *theirs, bool to_default)
{
    int (*real)(const void *);

    if (!meant)
        return 0;
    if (!left_alone(meant)) {
        if (to_default)
            return 1;
        if (settings.on_swap != SWAP_ALLOW)
            return keep_out(caller, function);
    } else if (meant->pin == PIN_GIVEN && to_default) {
        pin_again(meant);
        return 1;
    }
    real = libcrypto_symbol(meant, function);
    if (!real || !real(theirs))
        return 0;
    if (meant->pin == PIN_HELD)
        pin_given_up(meant);
    return 1;
}

/* NULL asks for the default method, and the default is ours; OPENSSL_cleanup() asks so at exit. */
int RAND_set_rand_method(const struct rand_method *theirs)
{
    bool to_default = !theirs || theirs == &osrandom_method;

    return to_default && is_inside_pinned(CALLER)
               ? 1
               : swap(libcrypto_meant(CALLER, "RAND_set_rand_method"), CALLER,
                      "RAND_set_rand_method", theirs, to_default);
}

/* In 3.x it replaces the method without passing by RAND_set_rand_method(). */
int RAND_set_rand_engine(ENGINE *engine)
{
    struct libcrypto *meant;

    if (!engine && is_inside_pinned(CALLER))
        return 1;
    meant = libcrypto_meant(CALLER, "RAND_set_rand_engine");
    return swap(meant, CALLER, "RAND_set_rand_engine", engine,
                !engine || engine_is_ours(meant, engine));
}

static struct libcrypto *undo_and_pin_again(const void *caller, const char *function)
{
    struct libcrypto *meant = libcrypto_meant(caller, function);
    void (*real)(void) = meant ? libcrypto_symbol(meant, function) : NULL;

    if (!real)
        return NULL;
    real();
    if (meant->pin == PIN_HELD)
        pin_again(meant);
    return meant;
}

/* A function in 1.0.x only, where it drops the method. */
void RAND_cleanup(void)
{
    undo_and_pin_again(CALLER, "RAND_cleanup");
}

/* The same for 1.0.x's list of engines. */
void ENGINE_cleanup(void)
{
    struct libcrypto *meant = undo_and_pin_again(CALLER, "ENGINE_cleanup");

    if (meant)
        meant->has_engine = false;
}

/* ---- Engines: ours is put on the list when a program first looks, for it costs something. ---- */

static struct libcrypto *with_engine(const void *caller, const char *function)
{
    struct libcrypto *meant = libcrypto_meant(caller, function);

    if (meant)
        engine_register(meant);
    return meant;
}

ENGINE *ENGINE_by_id(const char *id)
{
    struct libcrypto *meant = with_engine(CALLER, "ENGINE_by_id");

    return meant ? FORWARD(meant, ENGINE_by_id, id) : NULL;
}

/* Every start of the openssl command has OpenSSL itself walk the list, to register what the engines
 * can do other than RAND (ENGINE_register_all_complete()): that passes ours over. A program that
 * has its OpenSSL inside, and no path therefore, is not told from it, and sees ours. */
ENGINE *ENGINE_get_first(void)
{
    struct libcrypto *meant = libcrypto_meant(CALLER, "ENGINE_get_first");

    if (meant && (!*meant->path || !is_inside_pinned(CALLER)))
        engine_register(meant);
    return meant ? FORWARD(meant, ENGINE_get_first) : NULL;
}

ENGINE *ENGINE_get_last(void)
{
    struct libcrypto *meant = with_engine(CALLER, "ENGINE_get_last");

    return meant ? FORWARD(meant, ENGINE_get_last) : NULL;
}

/* It makes the first engine that can serve RAND the one that does: with OSRANDOM_MODE=register ours
 * waits to be chosen. */
void ENGINE_register_all_RAND(void)
{
    struct libcrypto *meant = libcrypto_meant(CALLER, "ENGINE_register_all_RAND");
    void (*real)(void) = meant ? libcrypto_symbol(meant, "ENGINE_register_all_RAND") : NULL;
    bool chosen;

    if (!real)
        return;
    chosen = engine_is_default(meant);
    real();
    if (!chosen)
        engine_unregister_rand(meant);
}

/* ---- Memory functions: see mem_hooks.h. ---- */

int CRYPTO_set_mem_functions(malloc_function *malloc_fn, realloc_function *realloc_fn,
                             free_function *free_fn)
{
    struct libcrypto *meant = libcrypto_meant(CALLER, "CRYPTO_set_mem_functions");

    return meant ? mem_hooks_set(meant, malloc_fn, realloc_fn, free_fn) : 0;
}

void CRYPTO_get_mem_functions(malloc_function **malloc_fn, realloc_function **realloc_fn,
                              free_function **free_fn)
{
    struct libcrypto *meant = libcrypto_meant(CALLER, "CRYPTO_get_mem_functions");

    if (meant)
        mem_hooks_get(meant, malloc_fn, realloc_fn, free_fn);
}

/* ---- The signal that an OpenSSL was just mapped: its initialiser asks for OPENSSL_ia32cap, or
 * what it is called on another machine, before dlopen() returns. ---- */

static bool is_signal(const char *name)
{
    static const char start[] = "OPENSSL_";
    size_t length = 0;

    while (start[length])
        if (name[length] != start[length])
            return false;
        else
            length++;
    while (name[length])
        length++;
    return length >= sizeof(start) + 2 && name[length - 3] == 'c' && name[length - 2] == 'a' &&
           name[length - 1] == 'p';
}

static char *find_in_environment(const char *name)
{
    if (!&environ || !environ)
        return NULL;
    for (char **entry = environ; *entry; entry++) {
        size_t length = 0;

        while (name[length] && (*entry)[length] == name[length])
            length++;
        if (name[length] == '\0' && length && (*entry)[length] == '=')
            return *entry + length + 1;
    }
    return NULL;
}

/*
 * Another library's IFUNC resolver may call it while the loader is still at work on the shim: then
 * it touches nothing that needs relocation. NULL is what the C library's own getenv() answers at
 * that moment, before it has been given the environment.
 */
char *getenv(const char *name)
{
    getenv_function *next;

    if (!shim_is_relocated())
        return NULL;
    if (is_signal(name)) {
        shim_start();
        activate_initialising(CALLER);
    }
    next = find_getenv();
    return next ? next(name) : find_in_environment(name);
}
