/*
 * Draws from OpenSSL's default generators (3.0 and later), in which a method has no part. What the
 * program has made itself stays as it is: known answers depend on it.
 */
#include "generators.h"
#include "interpose.h"
#include "same_text.h"
#include "whom.h"

enum { STRONGEST = 256 }; /* bits; OpenSSL refuses what its generators cannot give */

/* A FIPS provider's must stay its own, and so may another's that the operator has chosen. */
static bool is_of_default_provider(struct libcrypto *meant, EVP_RAND_CTX *generator)
{
    EVP_RAND *(*algorithm)(EVP_RAND_CTX *) =
        libcrypto_function(meant, FUNCTION_EVP_RAND_CTX_get0_rand);
    OSSL_PROVIDER *(*provider)(EVP_RAND *) =
        libcrypto_function(meant, FUNCTION_EVP_RAND_get0_provider);
    const char *(*name)(OSSL_PROVIDER *) =
        libcrypto_function(meant, FUNCTION_OSSL_PROVIDER_get0_name);
    const char *found;

    if (!algorithm || !provider || !name)
        return false;
    found = name(provider(algorithm(generator)));
    return found && same_text(found, "default");
}

static bool is_lent(struct libcrypto *meant, const EVP_RAND_CTX *generator)
{
    return FORWARD(meant, RAND_get0_public, NULL) == generator ||
           FORWARD(meant, RAND_get0_private, NULL) == generator ||
           FORWARD(meant, RAND_get0_primary, NULL) == generator;
}

/* A default one, of the default provider, of an OpenSSL that is ours. */
__attribute__((cold)) static bool is_ours(struct libcrypto *meant, EVP_RAND_CTX *generator)
{
    enum owner owner;

    if (!meant || left_alone(meant) || !generator || !is_of_default_provider(meant, generator))
        return false;
    owner = generators_owner(generator);
    return owner == OWNER_OPENSSL || (owner == OWNER_UNKNOWN && is_lent(meant, generator));
}

/* The kernel's bytes need no prediction resistance, and nothing more to be stirred in. */
int EVP_RAND_generate(EVP_RAND_CTX *generator, unsigned char *buffer, size_t length,
                      unsigned int strength, int prediction_resistance, const unsigned char *more,
                      size_t more_length)
{
    struct libcrypto *meant = whom(CALLER, FUNCTION_EVP_RAND_generate);

    if (buffer && strength <= STRONGEST && is_ours(meant, generator))
        return method_draw(buffer, length);
    return meant ? FORWARD(meant, EVP_RAND_generate, generator, buffer, length, strength,
                           prediction_resistance, more, more_length)
                 : 0;
}

/* OpenSSL answers 0 to a nonce of no bytes. */
int EVP_RAND_nonce(EVP_RAND_CTX *generator, unsigned char *buffer, size_t length)
{
    struct libcrypto *meant = whom(CALLER, FUNCTION_EVP_RAND_nonce);

    if (buffer && length && is_ours(meant, generator))
        return method_draw(buffer, length);
    return meant ? FORWARD(meant, EVP_RAND_nonce, generator, buffer, length) : 0;
}

/* OpenSSL lends its own, which may lie where one of the program's lay. */
#define LEND(function)                                                                             \
    EVP_RAND_CTX *function(OSSL_LIB_CTX *context)                                                  \
    {                                                                                              \
        struct libcrypto *meant = whom(CALLER, FUNCTION_##function);                               \
                                                                                                   \
        return meant ? generators_lend(FORWARD(meant, function, context)) : NULL;                  \
    }

LEND(RAND_get0_primary)
LEND(RAND_get0_public)
LEND(RAND_get0_private)

/* The program's own, which no draw of ours may touch. */
__attribute__((cold)) EVP_RAND_CTX *EVP_RAND_CTX_new(EVP_RAND *algorithm, EVP_RAND_CTX *parent)
{
    struct libcrypto *meant = whom(CALLER, FUNCTION_EVP_RAND_CTX_new);

    return meant ? generators_own(FORWARD(meant, EVP_RAND_CTX_new, algorithm, parent)) : NULL;
}
