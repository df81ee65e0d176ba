/*
 * See random_provider.h. OSSL_PROVIDER_add_builtin(3), RAND_set1_random_provider(3).
 *
 * OpenSSL finds no provider before it has read its configuration, which a program has the right to
 * prevent until its own first use. So this comes with a program's first draw, or with the making of
 * a context of its own, which reads none.
 */
#include "random_provider.h"

#include "method.h"
#include "provider_abi.h"

enum { STRONGEST = 256 };

static const char name[] = "osrandom";

static int random_bytes(void *context, int which, void *buffer, size_t length,
                        unsigned int strength)
{
    (void)context;
    (void)which;
    return strength <= STRONGEST && method_draw(buffer, length);
}

static const struct dispatch functions[] = {
    {PROVIDER_RANDOM_BYTES, (void (*)(void))random_bytes},
    {0},
};

static int start(const OSSL_CORE_HANDLE *core, const struct dispatch *in,
                 const struct dispatch **out, void **context)
{
    (void)core;
    (void)in;
    (void)context;
    *out = functions;
    return 1;
}

bool random_provider_is_known(const struct libcrypto *libcrypto)
{
    return libcrypto_symbol(libcrypto, "RAND_set1_random_provider");
}

/* Unlike OSSL_PROVIDER_load(), try_load() can leave the fallback provider to be activated. */
void random_provider_set(const struct libcrypto *libcrypto, OSSL_LIB_CTX *context)
{
    int (*add)(OSSL_LIB_CTX *, const char *, __typeof__(&start)) =
        libcrypto_symbol(libcrypto, "OSSL_PROVIDER_add_builtin");
    OSSL_PROVIDER *(*load)(OSSL_LIB_CTX *, const char *, int) =
        libcrypto_symbol(libcrypto, "OSSL_PROVIDER_try_load");
    int (*set)(OSSL_LIB_CTX *, OSSL_PROVIDER *) =
        libcrypto_symbol(libcrypto, "RAND_set1_random_provider");
    OSSL_PROVIDER *provider;

    if (!set || !add || !load || !add(context, name, start))
        return;
    provider = load(context, name, true);
    if (provider)
        set(context, provider);
}
