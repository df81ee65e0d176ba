/*
 * The module as a provider, which openssl.cnf or a program loads: the way for OpenSSL 4.0, which
 * has no engines, and for programs that cannot be preloaded.
 *
 * From 3.5 on openssl.cnf may name a provider that serves RAND_bytes() and all that OpenSSL draws
 * itself (random_bytes() below); before that, and for EVP_RAND_generate(), OpenSSL makes generators
 * of a name that openssl.cnf may choose as well (provider_rand.c). Both are wanted.
 */
#include "provider.h"

#include "method.h"
#include "same_text.h"

#ifndef OSRANDOM_VERSION
#define OSRANDOM_VERSION "unknown"
#endif

static const char name[] = "Random bytes from the operating system";

/* ---- Errors ---- */

static const struct reason reasons[] = {
    {REASON_NO_SOURCE, "no source of random bytes works"},
    {REASON_STRENGTH, "a strength of more than 256 bits is asked for"},
    {REASON_NOT_INSTANTIATED, "the generator is not instantiated"},
    {REASON_INSTANTIATED, "the generator is instantiated already"},
    {REASON_TOO_LARGE, "more bytes than max_request are asked for at once"},
    {REASON_NO_BUFFER, "there is no buffer"},
    {REASON_SEED_RANGE, "so many bits do not fit into the greatest length that is allowed"},
    {0, NULL},
};

static const struct reason *get_reasons(void *context)
{
    (void)context;
    return reasons;
}

/* The core takes arguments for a format, of which there are none. */
static void set_error(const struct provider *provider, uint32_t reason, ...)
{
    va_list none;

    va_start(none, reason);
    provider->vset_error(provider->core, reason, NULL, none);
    va_end(none);
}

int provider_refuse(const struct provider *provider, enum provider_reason reason,
                    const char *function, int line)
{
    if (provider && provider->new_error && provider->set_error_debug && provider->vset_error) {
        provider->new_error(provider->core);
        provider->set_error_debug(provider->core, "osrandom", line, function);
        set_error(provider, reason);
    }
    return 0;
}

int provider_draw(const struct provider *provider, void *buffer, size_t length,
                  unsigned int strength)
{
    if (strength > PROVIDER_STRENGTH)
        return provider_refuse(provider, REASON_STRENGTH, __func__, __LINE__);
    if (!buffer && length > 0)
        return provider_refuse(provider, REASON_NO_BUFFER, __func__, __LINE__);
    return method_draw(buffer, length)
               ? 1
               : provider_refuse(provider, REASON_NO_SOURCE, __func__, __LINE__);
}

/* ---- What the core asks for ---- */

static int random_bytes(void *context, int which, void *buffer, size_t length,
                        unsigned int strength)
{
    const struct provider *provider = context;

    (void)which; /* public or private: all come from one place */
    if (!provider_draw(provider, buffer, length, strength))
        return 0;
    if (provider)
        provider_status_drawn(provider->drawing);
    return 1;
}

/* Beside "default" a name of our own is needed: a fetch of "CTR-DRBG" that names no provider finds
 * default's. The others serve those who ask for "provider=osrandom". TEST-RAND is not among them:
 * it is for known answers. */
static const struct algorithm generators[] = {
    {"OSRANDOM", "provider=osrandom", provider_rand_functions, name},
    {"CTR-DRBG", "provider=osrandom", provider_rand_functions, name},
    {"HASH-DRBG", "provider=osrandom", provider_rand_functions, name},
    {"HMAC-DRBG", "provider=osrandom", provider_rand_functions, name},
    {"SEED-SRC", "provider=osrandom", provider_rand_functions, name},
    {0},
};

static const struct algorithm *query_operation(void *context, int operation, int *no_cache)
{
    (void)context;
    if (no_cache)
        *no_cache = 0;
    return operation == OPERATION_RAND ? generators : NULL;
}

static const struct parameter gettable[] = {
    {"name", PARAMETER_TEXT_POINTER, NULL, 0, PARAMETER_UNMODIFIED},
    {"version", PARAMETER_TEXT_POINTER, NULL, 0, PARAMETER_UNMODIFIED},
    {"buildinfo", PARAMETER_TEXT_POINTER, NULL, 0, PARAMETER_UNMODIFIED},
    {"status", PARAMETER_UNSIGNED, NULL, sizeof(unsigned int), PARAMETER_UNMODIFIED},
    {0},
};

static const struct parameter *gettable_parameters(void *context)
{
    (void)context;
    return gettable;
}

/* Whether a draw succeeds now. */
static bool serves(void)
{
    unsigned char byte;

    return random_fill(&byte, sizeof(byte)) == 0;
}

static int get_parameter(struct parameter *parameter)
{
    if (same_text(parameter->key, "name"))
        return parameter_set_text(parameter, name);
    if (same_text(parameter->key, "version"))
        return parameter_set_text(parameter, OSRANDOM_VERSION);
    if (same_text(parameter->key, "buildinfo"))
        return parameter_set_text(parameter, random_source_name(random_source()));
    if (same_text(parameter->key, "status"))
        return parameter_set_number(parameter, serves());
    return 1;
}

static int get_parameters(void *context, struct parameter *parameters)
{
    (void)context;
    for (; parameters && parameters->key; parameters++)
        if (!get_parameter(parameters))
            return 0;
    return 1;
}

static void teardown(void *context)
{
    struct provider *provider = context;

    if (provider)
        provider->free(provider, "osrandom", __LINE__);
}

#define FUNCTION(number, function)                                                                 \
    {                                                                                              \
        number, (void (*)(void))(function)                                                         \
    }

static const struct dispatch functions[] = {
    FUNCTION(PROVIDER_TEARDOWN, teardown),
    FUNCTION(PROVIDER_GETTABLE_PARAMETERS, gettable_parameters),
    FUNCTION(PROVIDER_GET_PARAMETERS, get_parameters),
    FUNCTION(PROVIDER_QUERY_OPERATION, query_operation),
    FUNCTION(PROVIDER_REASONS, get_reasons),
    FUNCTION(PROVIDER_RANDOM_BYTES, random_bytes),
    {0},
};

/* ---- The start ---- */

static void take(struct provider *provider, const struct dispatch *offer)
{
    void (*function)(void) = offer->function;

    switch (offer->number) {
    case CORE_NEW_ERROR:
        provider->new_error = (__typeof__(provider->new_error))function;
        break;
    case CORE_SET_ERROR_DEBUG:
        provider->set_error_debug = (__typeof__(provider->set_error_debug))function;
        break;
    case CORE_VSET_ERROR:
        provider->vset_error = (__typeof__(provider->vset_error))function;
        break;
    case CORE_ZALLOC:
        provider->zalloc = (__typeof__(provider->zalloc))function;
        break;
    case CORE_FREE:
        provider->free = (__typeof__(provider->free))function;
        break;
    case CORE_SECURE_MALLOC:
        provider->secure_malloc = (__typeof__(provider->secure_malloc))function;
        break;
    case CORE_SECURE_CLEAR_FREE:
        provider->secure_clear_free = (__typeof__(provider->secure_clear_free))function;
        break;
    default:
        break;
    }
}

int OSSL_provider_init(const OSSL_CORE_HANDLE *core, const struct dispatch *in,
                       const struct dispatch **out, void **provctx)
{
    struct provider offered = {.core = core}, *provider;

    if (!in || !out || !provctx)
        return 0;
    for (; in->number; in++)
        take(&offered, in);
    if (!offered.zalloc || !offered.free || !offered.secure_malloc || !offered.secure_clear_free)
        return 0;
    provider = offered.zalloc(sizeof(*provider), "osrandom", __LINE__);
    if (!provider)
        return 0;
    *provider = offered;
    module_start_once("a provider");
    /* its allocator may be another object's, which comes first in the program's scope */
    provider->drawing = provider_status_enter(
        offered.vset_error ? (void (*)(void))offered.vset_error : (void (*)(void))offered.zalloc);
    *out = functions;
    *provctx = provider;
    return 1;
}
