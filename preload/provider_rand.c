/*
 * The provider's generator: provider-rand(7).
 *
 * It keeps no state but whether it is instantiated, so its lock has nothing to guard and a parent
 * has nothing to give. It must be there all the same: OpenSSL makes its primary generator only of
 * one that can be locked, and asks a parent's for its lock.
 */
#include <stdatomic.h>

#include "imports.h"
#include "provider.h"
#include "same_text.h"

/* max_request: OpenSSL cuts larger draws. It fits into whatever integer a program asks with. */
enum { MAX_REQUEST = 0x7fffffff };

struct generator {
    const struct provider *provider;
    _Atomic int state; /* enum rand_state */
};

#define REFUSE(generator, reason)                                                                  \
    provider_refuse((generator) ? (generator)->provider : NULL, reason, __func__, __LINE__)

static void *new (void *provctx, void *parent, const struct dispatch *parent_calls)
{
    const struct provider *provider = provctx;
    struct generator *generator;

    (void)parent;
    (void)parent_calls;
    if (!provider)
        return NULL;
    generator = provider->zalloc(sizeof(*generator), "osrandom", __LINE__);
    if (generator)
        generator->provider = provider;
    return generator;
}

static void free_generator(void *context)
{
    struct generator *generator = context;

    if (generator)
        generator->provider->free(generator, "osrandom", __LINE__);
}

static bool is_ready(const struct generator *generator)
{
    return generator && generator->state == RAND_READY;
}

static int instantiate(void *context, unsigned int strength, int prediction_resistance,
                       const unsigned char *text, size_t text_length,
                       const struct parameter *parameters)
{
    struct generator *generator = context;
    int expected = RAND_UNINITIALISED;

    (void)prediction_resistance;
    (void)text;
    (void)text_length;
    (void)parameters;
    if (strength > PROVIDER_STRENGTH)
        return REFUSE(generator, REASON_STRENGTH);
    if (!generator || !atomic_compare_exchange_strong(&generator->state, &expected, RAND_READY))
        return REFUSE(generator, REASON_INSTANTIATED);
    return 1;
}

static int uninstantiate(void *context)
{
    struct generator *generator = context;

    if (!generator)
        return 0;
    generator->state = RAND_UNINITIALISED;
    return 1;
}

static int generate(void *context, unsigned char *buffer, size_t length, unsigned int strength,
                    int prediction_resistance, const unsigned char *input, size_t input_length)
{
    const struct generator *generator = context;

    (void)prediction_resistance;
    (void)input;
    (void)input_length;
    if (!is_ready(generator))
        return REFUSE(generator, REASON_NOT_INSTANTIATED);
    if (length > MAX_REQUEST)
        return REFUSE(generator, REASON_TOO_LARGE);
    if (!provider_draw(generator->provider, buffer, length, strength))
        return 0;
    provider_status_drawn(generator->provider->drawing);
    return 1;
}

/* What a program adds is dropped, and it is told that this went well. */
static int reseed(void *context, int prediction_resistance, const unsigned char *entropy,
                  size_t entropy_length, const unsigned char *input, size_t input_length)
{
    const struct generator *generator = context;

    (void)prediction_resistance;
    (void)entropy;
    (void)entropy_length;
    (void)input;
    (void)input_length;
    return is_ready(generator) ? 1 : REFUSE(generator, REASON_NOT_INSTANTIATED);
}

/* Of so many bits, within the bounds; 0 if there is no such length. */
static size_t length_of(unsigned int bits, size_t least, size_t most)
{
    size_t length = bits / 8 + (bits % 8 != 0);

    length = length < least ? least : length;
    return length > most ? 0 : length;
}

/* Without a buffer its length is asked for. As with OpenSSL's own generators a nonce is as long as
 * it has to be, and no longer. */
static size_t nonce(void *context, unsigned char *buffer, unsigned int strength, size_t least,
                    size_t most)
{
    const struct generator *generator = context;
    size_t length = length_of(0, least, most);

    if (!is_ready(generator))
        return (size_t)REFUSE(generator, REASON_NOT_INSTANTIATED);
    if (strength > PROVIDER_STRENGTH)
        return (size_t)REFUSE(generator, REASON_STRENGTH);
    if (!buffer || length == 0)
        return length;
    return provider_draw(generator->provider, buffer, length, strength) ? length : 0;
}

/* For a generator that has this one as its parent. */
static size_t get_seed(void *context, unsigned char **buffer, int bits, size_t least, size_t most,
                       int prediction_resistance, const unsigned char *input, size_t input_length)
{
    const struct generator *generator = context;
    size_t length = length_of(bits > 0 ? (unsigned int)bits : 0, least, most);
    unsigned char *seed;

    (void)prediction_resistance;
    (void)input;
    (void)input_length;
    if (!is_ready(generator))
        return (size_t)REFUSE(generator, REASON_NOT_INSTANTIATED);
    if (!buffer)
        return (size_t)REFUSE(generator, REASON_NO_BUFFER);
    if (length == 0)
        return (size_t)REFUSE(generator, REASON_SEED_RANGE);
    seed = generator->provider->secure_malloc(length, "osrandom", __LINE__);
    if (!seed)
        return 0;
    if (!provider_draw(generator->provider, seed, length, 0)) {
        generator->provider->secure_clear_free(seed, length, "osrandom", __LINE__);
        return 0;
    }
    *buffer = seed;
    return length;
}

static void clear_seed(void *context, unsigned char *buffer, size_t length)
{
    const struct generator *generator = context;

    if (generator && buffer)
        generator->provider->secure_clear_free(buffer, length, "osrandom", __LINE__);
}

static int verify_zeroization(void *context)
{
    (void)context;
    return 1;
}

/* ---- The lock ---- */

static int lock(void *context)
{
    (void)context;
    return 1;
}

static void unlock(void *context)
{
    (void)context;
}

/* ---- Parameters ---- */

/*
 * How often the generator was seeded. A child of it compares this with what it was at its own seed,
 * before each draw, and takes a new seed if it has changed. Here every draw is of a new seed: a
 * child then repeats nothing either, in whatever way its memory was copied.
 */
static unsigned int seedings(void)
{
    static _Atomic unsigned int count;

    return atomic_fetch_add_explicit(&count, 1, memory_order_relaxed) + 1;
}

/* When it was seeded: now, then. Not answered in a process without a C library. */
static int answer_time(struct parameter *parameter)
{
    return time ? parameter_set_number(parameter, (uint64_t)time(NULL)) : 1;
}

static const struct parameter gettable[] = {
    {"state", PARAMETER_INTEGER, NULL, sizeof(int), PARAMETER_UNMODIFIED},
    {"strength", PARAMETER_UNSIGNED, NULL, sizeof(unsigned int), PARAMETER_UNMODIFIED},
    {"max_request", PARAMETER_UNSIGNED, NULL, sizeof(size_t), PARAMETER_UNMODIFIED},
    {"reseed_counter", PARAMETER_UNSIGNED, NULL, sizeof(unsigned int), PARAMETER_UNMODIFIED},
    {"reseed_time", PARAMETER_INTEGER, NULL, sizeof(time_t), PARAMETER_UNMODIFIED},
    {0},
};

static const struct parameter *gettable_parameters(void *context, void *provctx)
{
    (void)context;
    (void)provctx;
    return gettable;
}

/* max_request first: it is asked for at every draw. */
static int get_parameter(const struct generator *generator, struct parameter *parameter)
{
    if (same_text(parameter->key, "max_request"))
        return parameter_set_number(parameter, MAX_REQUEST);
    if (same_text(parameter->key, "strength"))
        return parameter_set_number(parameter, PROVIDER_STRENGTH);
    if (same_text(parameter->key, "state"))
        return parameter_set_number(parameter, (uint64_t)generator->state);
    if (same_text(parameter->key, "reseed_counter"))
        return parameter_set_number(parameter, seedings());
    if (same_text(parameter->key, "reseed_time"))
        return answer_time(parameter);
    return 1;
}

static int get_parameters(void *context, struct parameter *parameters)
{
    const struct generator *generator = context;

    if (!generator)
        return 0;
    for (; parameters && parameters->key; parameters++)
        if (!get_parameter(generator, parameters))
            return 0;
    return 1;
}

#define FUNCTION(number, function)                                                                 \
    {                                                                                              \
        number, (void (*)(void))(function)                                                         \
    }

const struct dispatch provider_rand_functions[] = {
    FUNCTION(RAND_NEW, new),
    FUNCTION(RAND_FREE, free_generator),
    FUNCTION(RAND_INSTANTIATE, instantiate),
    FUNCTION(RAND_UNINSTANTIATE, uninstantiate),
    FUNCTION(RAND_GENERATE, generate),
    FUNCTION(RAND_RESEED, reseed),
    FUNCTION(RAND_NONCE, nonce),
    FUNCTION(RAND_ENABLE_LOCKING, lock),
    FUNCTION(RAND_LOCK, lock),
    FUNCTION(RAND_UNLOCK, unlock),
    FUNCTION(RAND_GETTABLE_PARAMETERS, gettable_parameters),
    FUNCTION(RAND_GET_PARAMETERS, get_parameters),
    FUNCTION(RAND_VERIFY_ZEROIZATION, verify_zeroization),
    FUNCTION(RAND_GET_SEED, get_seed),
    FUNCTION(RAND_CLEAR_SEED, clear_seed),
    {0},
};
