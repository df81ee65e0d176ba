/*
 * The provider without an OpenSSL: this test is the core, hands over its tables, and calls in every
 * order, with every size, with NULLs, while allocations fail, and from several threads. A model
 * says what each call has to answer.
 */
#include <criterion/criterion.h>
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "provider_abi.h"
#include "provider_status.h"
#include "trees.h"

enum { GENERATORS = 6, STEPS = 200000, ROOM = 512, GUARD = 16, KEPT = 4711 };

typedef int initialise(const void *core, const struct dispatch *in, const struct dispatch **out,
                       void **provctx);

/* ---- The core ---- */

static _Atomic long blocks; /* that the provider has allocated and not freed */
static _Atomic unsigned long allocations;
static _Atomic unsigned long errors;
static bool no_memory;

static void *core_zalloc(size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    if (no_memory)
        return NULL;
    blocks++;
    allocations++;
    return calloc(1, size);
}

static void *core_malloc(size_t size, const char *file, int line)
{
    return core_zalloc(size, file, line);
}

static void core_free(void *block, const char *file, int line)
{
    (void)file;
    (void)line;
    blocks -= block != NULL;
    free(block);
}

static void core_clear_free(void *block, size_t size, const char *file, int line)
{
    if (block)
        memset(block, 0xdd, size); /* it is as long as is said, or ASan tells */
    core_free(block, file, line);
}

static void core_new_error(const void *core)
{
    (void)core;
    errors++;
}

static void core_set_error_debug(const void *core, const char *file, int line, const char *function)
{
    cr_assert(core && file && line > 0 && function);
}

static void core_vset_error(const void *core, uint32_t reason, const char *format,
                            va_list arguments)
{
    (void)arguments;
    cr_assert(core && reason && !format);
}

#define FUNCTION(number, function)                                                                 \
    {                                                                                              \
        number, (void (*)(void))(function)                                                         \
    }

static const struct dispatch core_functions[] = {
    FUNCTION(4, core_free), /* something that is not asked for */
    FUNCTION(CORE_NEW_ERROR, core_new_error),
    FUNCTION(CORE_SET_ERROR_DEBUG, core_set_error_debug),
    FUNCTION(CORE_VSET_ERROR, core_vset_error),
    FUNCTION(CORE_ZALLOC, core_zalloc),
    FUNCTION(CORE_FREE, core_free),
    FUNCTION(CORE_SECURE_MALLOC, core_malloc),
    FUNCTION(CORE_SECURE_CLEAR_FREE, core_clear_free),
    {0},
};

/* ---- What the provider offers ---- */

static const int core;
static initialise *start;
static void *provctx;

static struct {
    void *(*new)(void *provctx, void *parent, const struct dispatch *calls);
    void (*free)(void *generator);
    int (*instantiate)(void *generator, unsigned int strength, int resistance,
                       const unsigned char *text, size_t length, const struct parameter *params);
    int (*uninstantiate)(void *generator);
    int (*generate)(void *generator, unsigned char *buffer, size_t length, unsigned int strength,
                    int resistance, const unsigned char *input, size_t input_length);
    int (*reseed)(void *generator, int resistance, const unsigned char *entropy,
                  size_t entropy_length, const unsigned char *input, size_t input_length);
    size_t (*nonce)(void *generator, unsigned char *buffer, unsigned int strength, size_t least,
                    size_t most);
    int (*enable_locking)(void *generator);
    int (*lock)(void *generator);
    void (*unlock)(void *generator);
    const struct parameter *(*gettable)(void *generator, void *provctx);
    int (*get)(void *generator, struct parameter *parameters);
    int (*verify_zeroization)(void *generator);
    size_t (*get_seed)(void *generator, unsigned char **seed, int bits, size_t least, size_t most,
                       int resistance, const unsigned char *input, size_t input_length);
    void (*clear_seed)(void *generator, unsigned char *seed, size_t length);
} offered;

static int (*random_bytes)(void *provctx, int which, void *buffer, size_t length,
                           unsigned int strength);
static void (*teardown)(void *provctx);

static void *function_of(const struct dispatch *table, int number)
{
    for (; table->number; table++)
        if (table->number == number)
            return (void *)table->function;
    cr_assert_fail("the provider does not offer function %d", number);
    return NULL;
}

static void take_functions(const struct dispatch *table)
{
    *(void **)&offered.new = function_of(table, RAND_NEW);
    *(void **)&offered.free = function_of(table, RAND_FREE);
    *(void **)&offered.instantiate = function_of(table, RAND_INSTANTIATE);
    *(void **)&offered.uninstantiate = function_of(table, RAND_UNINSTANTIATE);
    *(void **)&offered.generate = function_of(table, RAND_GENERATE);
    *(void **)&offered.reseed = function_of(table, RAND_RESEED);
    *(void **)&offered.nonce = function_of(table, RAND_NONCE);
    *(void **)&offered.enable_locking = function_of(table, RAND_ENABLE_LOCKING);
    *(void **)&offered.lock = function_of(table, RAND_LOCK);
    *(void **)&offered.unlock = function_of(table, RAND_UNLOCK);
    *(void **)&offered.gettable = function_of(table, RAND_GETTABLE_PARAMETERS);
    *(void **)&offered.get = function_of(table, RAND_GET_PARAMETERS);
    *(void **)&offered.verify_zeroization = function_of(table, RAND_VERIFY_ZEROIZATION);
    *(void **)&offered.get_seed = function_of(table, RAND_GET_SEED);
    *(void **)&offered.clear_seed = function_of(table, RAND_CLEAR_SEED);
}

static void *module;

static void load(void)
{
    const struct algorithm *(*query)(void *provctx, int operation, int *no_cache);
    const struct dispatch *out = NULL;
    int no_cache = 1;

    module = dlopen(built("engines/osrandom.so"), RTLD_NOW | RTLD_LOCAL);
    cr_assert(module, "%s", dlerror());
    *(void **)&start = dlsym(module, "OSSL_provider_init");
    cr_assert(start && start(&core, core_functions, &out, &provctx) == 1);
    *(void **)&query = function_of(out, PROVIDER_QUERY_OPERATION);
    *(void **)&random_bytes = function_of(out, PROVIDER_RANDOM_BYTES);
    *(void **)&teardown = function_of(out, PROVIDER_TEARDOWN);
    cr_assert(query(provctx, OPERATION_RAND, &no_cache) && no_cache == 0);
    cr_assert(!query(provctx, 1, &no_cache), "it offers digests");
    take_functions(query(provctx, OPERATION_RAND, &no_cache)->functions);
}

/* What an operator is told: a generator of OpenSSL's own that is seeded here is not served here. */
Test(contract, only_draws_are_told_as_draws)
{
    const struct osrandom_provider_status *block;
    unsigned char bytes[32], *seed = NULL;
    void *generator;

    load();
    *(const void **)&block = dlsym(module, "osrandom_provider_status");
    cr_assert(block && block->size == sizeof(*block), "the module shows no block");
    cr_expect(block->openssl[0].function == (uintptr_t)core_vset_error, "whose it is is not told");
    generator = offered.new(provctx, NULL, NULL);
    cr_assert(generator && offered.instantiate(generator, 256, 0, NULL, 0, NULL) == 1);
    cr_assert(offered.get_seed(generator, &seed, 256, 32, 64, 0, NULL, 0) == 32);
    cr_assert(offered.nonce(generator, bytes, 0, 16, 32) == 16);
    cr_expect(block->openssl[0].has_drawn == 0, "a seed for another generator is told as a draw");
    cr_assert(offered.generate(generator, bytes, sizeof(bytes), 0, 0, NULL, 0) == 1);
    cr_expect(block->openssl[0].has_drawn == 1, "a draw from a generator is not told");
    offered.clear_seed(generator, seed, 32);
    offered.free(generator);
}

Test(contract, a_draw_without_a_generator_is_told)
{
    const struct osrandom_provider_status *block;
    unsigned char bytes[32];

    load();
    *(const void **)&block = dlsym(module, "osrandom_provider_status");
    cr_assert(block && random_bytes(provctx, 0, bytes, sizeof(bytes), 0) == 1);
    cr_expect(block->openssl[0].has_drawn == 1, "a draw by RANDOM_BYTES is not told");
    cr_expect(block->openssl[1].function == 0, "one OpenSSL is told as two");
}

/* ---- The model ---- */

struct seed {
    unsigned char *bytes;
    size_t length;
};

static struct model {
    void *generator; /* NULL: none */
    enum rand_state state;
    struct seed seed;
} models[GENERATORS];

static uint64_t state_of_choice = 0x9e3779b97f4a7c15;

/* The same calls in each run: xorshift64. */
static uint64_t choose(uint64_t below)
{
    state_of_choice ^= state_of_choice << 13;
    state_of_choice ^= state_of_choice >> 7;
    state_of_choice ^= state_of_choice << 17;
    return state_of_choice % below;
}

static unsigned int some_strength(void)
{
    static const unsigned int strengths[] = {0, 1, 112, 128, 255, 256, 257, 512, UINT32_MAX};

    return strengths[choose(sizeof(strengths) / sizeof(strengths[0]))];
}

static size_t some_length(void)
{
    static const size_t lengths[] = {0, 1, 15, 16, 31, 32, 33, 64, 255, 256, 257, ROOM};

    return lengths[choose(sizeof(lengths) / sizeof(lengths[0]))];
}

static unsigned char room[ROOM + GUARD];

/* A buffer with an end that must stay as it is. */
static unsigned char *fresh_room(void)
{
    memset(room, 0xa5, sizeof(room));
    return room;
}

/* Whether of so many bytes all were written: at least, many zeros or many 0xa5 are not there. */
static void expect_filled(size_t length, bool filled)
{
    size_t untouched = 0;

    for (size_t i = 0; i < length; i++)
        untouched += room[i] == 0xa5;
    if (length >= 16)
        cr_assert(filled ? untouched < length / 2 : untouched == length,
                  "of %zu bytes %zu were not written", length, untouched);
    for (size_t i = length; i < sizeof(room); i++)
        cr_assert(room[i] == 0xa5, "byte %zu behind a buffer of %zu was written", i - length,
                  length);
}

static void renew(struct model *model)
{
    no_memory = choose(16) == 0;
    if (model->generator) {
        offered.clear_seed(model->generator, model->seed.bytes, model->seed.length);
        offered.free(model->generator);
    }
    *model = (struct model){.generator = offered.new(choose(8) ? provctx : NULL, &room, NULL)};
    no_memory = false;
}

static void step_instantiate(struct model *model)
{
    unsigned int strength = some_strength();
    bool good = strength <= 256 && model->state == RAND_UNINITIALISED;

    cr_assert(offered.instantiate(model->generator, strength, (int)choose(2),
                                  choose(2) ? room : NULL, some_length(), NULL) == good);
    if (good)
        model->state = RAND_READY;
}

static void step_generate(struct model *model)
{
    size_t length = some_length();
    unsigned int strength = some_strength();
    unsigned char *buffer = choose(16) ? fresh_room() : NULL;
    unsigned long before = allocations;
    bool good = model->state == RAND_READY && strength <= 256 && (buffer || length == 0);

    cr_assert(offered.generate(model->generator, buffer, length, strength, (int)choose(2),
                               choose(2) ? room : NULL, some_length()) == good);
    cr_assert(allocations == before, "a draw allocates");
    if (buffer)
        expect_filled(good ? length : 0, good);
}

static void step_nonce(struct model *model)
{
    size_t least = some_length(), most = some_length();
    unsigned char *buffer = choose(4) ? fresh_room() : NULL;
    unsigned int strength = some_strength();
    bool good = model->state == RAND_READY && strength <= 256 && least <= most;
    size_t wanted = good ? least : 0;

    cr_assert(offered.nonce(model->generator, buffer, strength, least, most) == wanted);
    if (buffer)
        expect_filled(wanted, wanted > 0);
}

static void step_seed(struct model *model)
{
    static const int bits[] = {-1, 0, 1, 8, 9, 256, 384, 1024, INT32_MAX};
    int asked = bits[choose(sizeof(bits) / sizeof(bits[0]))];
    size_t least = some_length(), most = some_length();
    size_t needed = asked > 0 ? ((size_t)asked + 7) / 8 : 0,
           length = needed < least ? least : needed;
    size_t wanted = model->state == RAND_READY && length <= most ? length : 0;

    offered.clear_seed(model->generator, model->seed.bytes, model->seed.length);
    model->seed = (struct seed){0};
    no_memory = choose(16) == 0;
    model->seed.length = offered.get_seed(model->generator, &model->seed.bytes, asked, least, most,
                                          (int)choose(2), NULL, 0);
    cr_assert(model->seed.length == (no_memory ? 0 : wanted));
    cr_assert((model->seed.bytes != NULL) == (model->seed.length > 0));
    no_memory = false;
    cr_assert(offered.get_seed(model->generator, NULL, asked, least, most, 0, NULL, 0) == 0);
}

/* Numbers of all sizes, signed and not; a text where none is. */
static void step_get(struct model *model)
{
    enum { KNOWN = 3, KEYS = 7 };
    static const char *const keys[KEYS] = {
        "state", "strength", "max_request", "unknown", "max_reques", "max_requests", ""};
    const uint64_t values[KEYS] = {model->state, 256, 0x7fffffff};
    size_t key = choose(KEYS), size = choose(9);
    unsigned int type = 1 + (unsigned int)choose(2);
    struct parameter parameters[] = {
        {keys[key], choose(16) ? type : 6, fresh_room(), size, PARAMETER_UNMODIFIED}, {0}};
    uint64_t got = 0, most = size >= 8 ? UINT64_MAX : (UINT64_C(1) << (8 * size)) - 1;
    bool fits = size > 0 && values[key] <= (type == PARAMETER_INTEGER ? most >> 1 : most);

    fits = key >= KNOWN || (parameters[0].type != 6 && fits);
    cr_assert(offered.get(model->generator, parameters) == fits, "%s of %zu bytes", keys[key],
              size);
    cr_assert(offered.get(model->generator, NULL) == 1);
    if (key >= KNOWN)
        cr_assert(parameters[0].returned == PARAMETER_UNMODIFIED, "%s is answered", keys[key]);
    if (!fits || key >= KNOWN)
        return;
    for (size_t i = 0; i < size; i++)
        got |= (uint64_t)room[__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? size - 1 - i : i] << 8 * i;
    cr_assert(got == values[key] && parameters[0].returned == size);
    cr_assert(room[size] == 0xa5);
}

static void step_random_bytes(void)
{
    size_t length = some_length();
    unsigned int strength = some_strength();
    bool good = strength <= 256;

    fresh_room();
    cr_assert(random_bytes(provctx, (int)choose(3), room, length, strength) == good);
    expect_filled(good ? length : 0, good);
    cr_assert(random_bytes(provctx, 0, NULL, length, 0) == (length == 0));
}

static void step_others(struct model *model)
{
    cr_assert(offered.enable_locking(model->generator) == 1 && offered.lock(model->generator) == 1);
    offered.unlock(model->generator);
    cr_assert(offered.verify_zeroization(model->generator) == 1);
    cr_assert(offered.gettable(choose(2) ? model->generator : NULL, provctx));
    cr_assert(offered.reseed(model->generator, (int)choose(2), choose(2) ? room : NULL,
                             some_length(), choose(2) ? room : NULL,
                             some_length()) == (model->state == RAND_READY));
    if (choose(4) == 0) {
        cr_assert(offered.uninstantiate(model->generator) == 1);
        model->state = RAND_UNINITIALISED;
    }
}

/* No generator: everything is refused, or does nothing. */
static void step_without(void)
{
    unsigned char *seed = NULL;

    offered.free(NULL);
    offered.unlock(NULL);
    offered.clear_seed(NULL, NULL, 0);
    cr_assert(offered.instantiate(NULL, 0, 0, NULL, 0, NULL) == 0);
    cr_assert(offered.uninstantiate(NULL) == 0 && offered.get(NULL, NULL) == 0);
    cr_assert(offered.generate(NULL, room, 1, 0, 0, NULL, 0) == 0);
    cr_assert(offered.reseed(NULL, 0, NULL, 0, NULL, 0) == 0);
    cr_assert(offered.nonce(NULL, room, 0, 1, 1) == 0);
    cr_assert(offered.get_seed(NULL, &seed, 1, 1, 64, 0, NULL, 0) == 0 && !seed);
}

static void step(void)
{
    struct model *model = &models[choose(GENERATORS)];
    void (*const steps[])(struct model *) = {step_instantiate, step_generate, step_generate,
                                             step_nonce,       step_seed,     step_get,
                                             step_others};

    if (choose(64) == 0 || !model->generator)
        renew(model);
    else
        steps[choose(sizeof(steps) / sizeof(steps[0]))](model);
}

Test(contract, holds_in_every_order_of_calls, .timeout = 120)
{
    load();
    errno = KEPT;
    for (int i = 0; i < STEPS; i++) {
        step();
        if (i % 64 == 0) {
            step_random_bytes();
            step_without();
        }
        cr_assert(errno == KEPT, "a call has changed errno to %d", errno);
    }
    for (int i = 0; i < GENERATORS; i++) {
        offered.clear_seed(models[i].generator, models[i].seed.bytes, models[i].seed.length);
        offered.free(models[i].generator);
    }
    cr_expect(errors > 0, "no refusal is told on the error queue");
    teardown(provctx);
    teardown(NULL);
    cr_expect(blocks == 0, "%ld blocks are left behind", blocks);
}

Test(contract, a_request_beyond_max_request_is_refused_at_once)
{
    void *generator;

    load();
    generator = offered.new(provctx, NULL, NULL);
    cr_assert(offered.instantiate(generator, 0, 0, NULL, 0, NULL) == 1);
    fresh_room();
    cr_expect(offered.generate(generator, room, (size_t)0x80000000, 0, 0, NULL, 0) == 0);
    expect_filled(0, false);
    offered.free(generator);
}

/* Children of a generator, and whoever watches it, go by these two. */
Test(contract, a_generator_says_that_it_is_seeded_at_each_draw)
{
    time_t before = time(NULL), seeded = 0;
    unsigned int first = 0, second = 0;
    struct parameter parameters[] = {
        {"reseed_time", PARAMETER_INTEGER, &seeded, sizeof(seeded), PARAMETER_UNMODIFIED},
        {"reseed_counter", PARAMETER_UNSIGNED, &first, sizeof(first), PARAMETER_UNMODIFIED},
        {"reseed_counter", PARAMETER_UNSIGNED, &second, sizeof(second), PARAMETER_UNMODIFIED},
        {0}};
    void *generator;

    load();
    generator = offered.new(provctx, NULL, NULL);
    cr_assert(offered.get(generator, parameters) == 1);
    cr_expect(seeded >= before && seeded <= time(NULL), "it was seeded at %lld", (long long)seeded);
    cr_expect(first > 0 && second > first, "counted are %u and then %u", first, second);
    offered.free(generator);
}

Test(contract, a_core_that_offers_too_little_is_refused)
{
    for (size_t left_out = 0; left_out < sizeof(core_functions) / sizeof(core_functions[0]) - 1;
         left_out++) {
        struct dispatch some[sizeof(core_functions) / sizeof(core_functions[0])] = {0};
        const struct dispatch *out = NULL;
        void *context = NULL;
        size_t count = 0;
        bool is_needed = left_out >= 4;

        load();
        for (size_t i = 0; core_functions[i].number; i++)
            if (i != left_out)
                some[count++] = core_functions[i];
        cr_expect(start(&core, some, &out, &context) == !is_needed,
                  "without function %d of the core", core_functions[left_out].number);
        cr_expect((out != NULL) == !is_needed);
    }
    cr_expect(start(&core, NULL, NULL, NULL) == 0);
}

static void *hammer(void *generator)
{
    unsigned char bytes[64], zeros[64] = {0}, *seed = NULL;
    size_t length;

    for (int i = 0; i < 20000; i++) {
        memset(bytes, 0, sizeof(bytes));
        if (offered.generate(generator, bytes, sizeof(bytes), 256, 0, NULL, 0))
            cr_assert(memcmp(bytes, zeros, sizeof(bytes)) != 0, "a draw of zeros");
        length = offered.get_seed(generator, &seed, 256, 32, 64, 0, NULL, 0);
        if (length)
            offered.clear_seed(generator, seed, length);
        if (i % 7 == 0)
            offered.uninstantiate(generator);
        offered.instantiate(generator, 256, 0, NULL, 0, NULL);
        offered.reseed(generator, 1, NULL, 0, NULL, 0);
    }
    return NULL;
}

Test(contract, holds_in_threads_that_share_a_generator, .timeout = 120)
{
    pthread_t threads[6];
    void *generator;

    load();
    generator = offered.new(provctx, NULL, NULL);
    for (int i = 0; i < 6; i++)
        cr_assert(pthread_create(&threads[i], NULL, hammer, generator) == 0);
    for (int i = 0; i < 6; i++)
        pthread_join(threads[i], NULL);
    offered.free(generator);
    teardown(provctx);
    cr_expect(blocks == 0, "%ld blocks are left behind", (long)blocks);
}
