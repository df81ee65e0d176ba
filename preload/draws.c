/*
 * Draws, served without OpenSSL's locks, also before and after its own life; and what belongs to
 * them.
 */
#include "interpose.h"
#include "random.h"
#include "random_provider.h"
#include "whom.h"

enum { STRONGEST = 256 }; /* bits; OpenSSL refuses what its generators cannot give */

/* length is an int in OpenSSL and a size_t in BoringSSL: one register holds either, and is handed
 * on whole. A negative one wakes nothing on stock. Not inlined: a draw that needs no look would
 * save and restore registers for it. */
__attribute__((noinline)) static int draw_after_look(unsigned char *buffer, size_t length,
                                                     const void *caller, enum function function)
{
    struct libcrypto *meant =
        (int)length < 0 ? whom(caller, function) : whom_draw(caller, function, NULL);
    __typeof__(&RAND_bytes) real;

    if (!left_alone(meant))
        return method_bytes(buffer, (int)length);
    real = libcrypto_function(meant, function);
    return real ? real(buffer, length) : 0;
}

#define DRAW(function)                                                                             \
    int function(unsigned char *buffer, size_t length)                                             \
    {                                                                                              \
        return is_ours_at_once(CALLER)                                                             \
                   ? method_bytes(buffer, (int)length)                                             \
                   : draw_after_look(buffer, length, CALLER, FUNCTION_##function);                 \
    }

/* OpenSSL's own would come to the method as well, through locks, and not where it is no longer or
 * not yet alive. */
DRAW(RAND_bytes)
DRAW(RAND_priv_bytes)
DRAW(RAND_pseudo_bytes)

/* Refused, and said on the error queue, as stock does: by its own generator. */
__attribute__((cold)) static int too_strong(struct libcrypto *meant, OSSL_LIB_CTX *context,
                                            unsigned char *buffer, size_t length,
                                            unsigned int strength)
{
    EVP_RAND_CTX *generator = meant ? FORWARD(meant, RAND_get0_public, context) : NULL;

    return generator
               ? FORWARD(meant, EVP_RAND_generate, generator, buffer, length, strength, 0, NULL, 0)
               : 0;
}

/* OpenSSL 3.0 to 3.5 cut this size_t to an int on its way to a method: 4 GiB and 16 bytes came back
 * as 16 bytes and a success. And no method is told of the strength. */
__attribute__((noinline)) static int draw_ex_after_look(OSSL_LIB_CTX *context,
                                                        unsigned char *buffer, size_t length,
                                                        unsigned int strength, const void *caller,
                                                        enum function function)
{
    struct libcrypto *meant = whom_draw(caller, function, context);
    __typeof__(&RAND_bytes_ex) real;

    if (!left_alone(meant))
        return strength > STRONGEST ? too_strong(meant, context, buffer, length, strength)
                                    : method_draw(buffer, length);
    real = libcrypto_function(meant, function);
    return real ? real(context, buffer, length, strength) : 0;
}

#define DRAW_EX(function)                                                                          \
    int function(OSSL_LIB_CTX *context, unsigned char *buffer, size_t length,                      \
                 unsigned int strength)                                                            \
    {                                                                                              \
        return !context && strength <= STRONGEST && is_ours_at_once(CALLER)                        \
                   ? method_draw(buffer, length)                                                   \
                   : draw_ex_after_look(context, buffer, length, strength, CALLER,                 \
                                        FUNCTION_##function);                                      \
    }

DRAW_EX(RAND_bytes_ex)
DRAW_EX(RAND_priv_bytes_ex)

/* These are answered as the method would, and so also where the draws are served but OpenSSL is not
 * there to ask the method: after OPENSSL_cleanup(), in a chroot. */

/* OpenSSL's own gathers a seed for a method that wants none, with system calls and allocations. */
int RAND_poll(void)
{
    struct libcrypto *meant = whom_draw(CALLER, FUNCTION_RAND_poll, NULL);

    return left_alone(meant) ? FORWARD(meant, RAND_poll) : meant != NULL;
}

int RAND_status(void)
{
    struct libcrypto *meant = whom_draw(CALLER, FUNCTION_RAND_status, NULL);

    return left_alone(meant) ? FORWARD(meant, RAND_status) : meant != NULL;
}

void RAND_seed(const void *buffer, int length)
{
    struct libcrypto *meant = whom_draw(CALLER, FUNCTION_RAND_seed, NULL);
    __typeof__(&RAND_seed) real =
        left_alone(meant) ? libcrypto_function(meant, FUNCTION_RAND_seed) : NULL;

    if (real)
        real(buffer, length);
}

void RAND_add(const void *buffer, int length, double entropy)
{
    struct libcrypto *meant = whom_draw(CALLER, FUNCTION_RAND_add, NULL);
    __typeof__(&RAND_add) real =
        left_alone(meant) ? libcrypto_function(meant, FUNCTION_RAND_add) : NULL;

    if (real)
        real(buffer, length, entropy);
}

/* A new context is asleep, even where one lay that has been woken: see wake.h. */
__attribute__((cold)) OSSL_LIB_CTX *OSSL_LIB_CTX_new(void)
{
    struct libcrypto *meant = whom(CALLER, FUNCTION_OSSL_LIB_CTX_new);
    OSSL_LIB_CTX *context = meant ? FORWARD(meant, OSSL_LIB_CTX_new) : NULL;

    if (context && meant->pin == PIN_DRAWS)
        random_provider_set(meant, context);
    wake_new_context(context);
    return context;
}
