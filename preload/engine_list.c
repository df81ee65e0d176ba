/*
 * The ENGINE "osrandom" on the engine list of the OpenSSLs that the shim has found.
 */
#include "activate.h"
#include "engine.h"
#include "imports.h"
#include "libcrypto.h"
#include "method.h"
#include "settings.h"

void engine_register(struct libcrypto *libcrypto)
{
    ENGINE *(*new_engine)(void) = libcrypto_symbol(libcrypto, "ENGINE_new");
    int (*add)(ENGINE *) = libcrypto_symbol(libcrypto, "ENGINE_add");
    int (*release)(ENGINE *) = libcrypto_symbol(libcrypto, "ENGINE_free");
    int (*set_mark)(void) = libcrypto_symbol(libcrypto, "ERR_set_mark");
    int (*pop_to_mark)(void) = libcrypto_symbol(libcrypto, "ERR_pop_to_mark");
    ENGINE *engine;
    int error;

    if (settings.mode >= MODE_BUILTIN || libcrypto->pin >= PIN_REFUSED || !new_engine || !add ||
        !release || !set_mark || !pop_to_mark || atomic_exchange(&libcrypto->has_engine, 1))
        return;
    start_sources();
    error = errno_kept();
    set_mark(); /* the program may have an engine of this name */
    engine = new_engine();
    if (engine && engine_fill_in(libcrypto, engine))
        add(engine);
    if (engine)
        release(engine);
    pop_to_mark();
    errno_put_back(error);
}

bool engine_is_ours(const struct libcrypto *libcrypto, const ENGINE *engine)
{
    const struct rand_method *(*get_rand)(const ENGINE *) =
        libcrypto ? libcrypto_symbol(libcrypto, "ENGINE_get_RAND") : NULL;

    return get_rand && get_rand(engine) == &osrandom_method;
}

bool engine_is_default(const struct libcrypto *libcrypto)
{
    ENGINE *(*get_default)(void) = libcrypto_symbol(libcrypto, "ENGINE_get_default_RAND");
    int (*finish)(ENGINE *) = libcrypto_symbol(libcrypto, "ENGINE_finish");
    ENGINE *engine = libcrypto->has_engine && get_default && finish ? get_default() : NULL;
    bool ours = engine && engine_is_ours(libcrypto, engine);

    if (engine)
        finish(engine);
    return ours;
}

void engine_unregister_rand(const struct libcrypto *libcrypto)
{
    ENGINE *(*by_id)(const char *) = libcrypto_symbol(libcrypto, "ENGINE_by_id");
    int (*release)(ENGINE *) = libcrypto_symbol(libcrypto, "ENGINE_free");
    void (*unregister)(ENGINE *) = libcrypto_symbol(libcrypto, "ENGINE_unregister_RAND");
    ENGINE *engine =
        libcrypto->has_engine && by_id && release && unregister ? by_id(engine_id) : NULL;

    if (!engine)
        return;
    unregister(engine);
    release(engine);
}
