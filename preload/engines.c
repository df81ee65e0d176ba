/*
 * Ways by which a program looks for engines: ours is put on the list when one is used first, for it
 * costs something.
 */
#include "engine.h"
#include "interpose.h"
#include "whom.h"

static struct libcrypto *with_engine(struct libcrypto *meant)
{
    if (meant)
        engine_register(meant);
    return meant;
}

ENGINE *ENGINE_by_id(const char *id)
{
    struct libcrypto *meant = with_engine(whom(CALLER, FUNCTION_ENGINE_by_id));

    return meant ? FORWARD(meant, ENGINE_by_id, id) : NULL;
}

/* Every start of the openssl command has OpenSSL itself walk the list, to register what the engines
 * can do other than RAND (ENGINE_register_all_complete()): that passes ours over. A program that
 * has its OpenSSL inside, and no path therefore, is not told from it, and sees ours. */
ENGINE *ENGINE_get_first(void)
{
    struct libcrypto *meant = whom(CALLER, FUNCTION_ENGINE_get_first);

    if (meant && (!*meant->path || libcrypto_around(CALLER) != meant))
        engine_register(meant);
    return meant ? FORWARD(meant, ENGINE_get_first) : NULL;
}

ENGINE *ENGINE_get_last(void)
{
    struct libcrypto *meant = with_engine(whom(CALLER, FUNCTION_ENGINE_get_last));

    return meant ? FORWARD(meant, ENGINE_get_last) : NULL;
}

/* It makes the first engine that can serve RAND the one that does: with OSRANDOM_MODE=register ours
 * waits to be chosen. */
void ENGINE_register_all_RAND(void)
{
    struct libcrypto *meant = whom(CALLER, FUNCTION_ENGINE_register_all_RAND);
    void (*real)(void) =
        meant ? libcrypto_function(meant, FUNCTION_ENGINE_register_all_RAND) : NULL;
    bool chosen;

    if (!real)
        return;
    chosen = engine_is_default(meant);
    real();
    if (!chosen)
        engine_unregister_rand(meant);
}
