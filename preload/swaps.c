/*
 * Holding on: the ways by which a program, a library or OpenSSL itself has something else serve the
 * draws. They are kept out, or with OSRANDOM_ON_REPLACE=allow let in.
 */
#include "engine.h"
#include "find.h"
#include "generators.h"
#include "interpose.h"
#include "same_text.h"
#include "whom.h"

/* Its own default method, by either name: to set that is to ask for the default. Called from
 * within, they answer OpenSSL itself, which compares. */
static const struct rand_method *default_method(struct libcrypto *meant, const void *caller,
                                                enum function function)
{
    const struct rand_method *(*real)(void) = meant ? libcrypto_function(meant, function) : NULL;

    if (!real)
        return NULL;
    return left_alone(meant) || libcrypto_around(caller) == meant ? real() : &osrandom_method;
}

/* A program draws by RAND_OpenSSL()->bytes, or sets what it returns: the default is ours. */
const struct rand_method *RAND_OpenSSL(void)
{
    return default_method(whom(CALLER, FUNCTION_RAND_OpenSSL), CALLER, FUNCTION_RAND_OpenSSL);
}

/* The same, up to 1.0.2. */
const struct rand_method *RAND_SSLeay(void)
{
    return default_method(whom(CALLER, FUNCTION_RAND_SSLeay), CALLER, FUNCTION_RAND_SSLeay);
}

static bool is_pinned(const struct libcrypto *meant)
{
    return meant && meant->pin == PIN_HELD;
}

/* OpenSSL's takes a lock. */
const struct rand_method *RAND_get_rand_method(void)
{
    struct libcrypto *meant = whom(CALLER, FUNCTION_RAND_get_rand_method);

    if (left_alone(meant))
        return FORWARD(meant, RAND_get_rand_method);
    if (is_pinned(meant))
        wake_method_asked(meant);
    return meant ? &osrandom_method : NULL;
}

static bool is_default(struct libcrypto *meant, const struct rand_method *method)
{
    return !method || method == &osrandom_method || method == FORWARD(meant, RAND_OpenSSL) ||
           method == FORWARD(meant, RAND_SSLeay);
}

static int back_to_default(struct libcrypto *meant)
{
    if (!holds(meant))
        pin_again(meant);
    return 1;
}

/* NULL asks for the default method, and the default is ours; OPENSSL_cleanup() asks so at exit. */
int RAND_set_rand_method(const struct rand_method *theirs)
{
    struct libcrypto *meant = whom(CALLER, FUNCTION_RAND_set_rand_method);
    int answer;

    if (is_pinned(meant) && is_default(meant, theirs))
        return back_to_default(meant);
    if (is_pinned(meant) && settings.on_replace != REPLACE_ALLOW)
        return swap_kept_out("RAND_set_rand_method()", find_object_name(CALLER));
    answer = meant ? FORWARD(meant, RAND_set_rand_method, theirs) : 0;
    if (is_pinned(meant))
        activate_note_changes();
    return answer;
}

/* In 3.x it replaces the method without passing by RAND_set_rand_method(). */
int RAND_set_rand_engine(ENGINE *engine)
{
    struct libcrypto *meant = whom(CALLER, FUNCTION_RAND_set_rand_engine);
    int answer;

    if (is_pinned(meant) && (!engine || engine_is_ours(meant, engine)))
        return back_to_default(meant);
    if (is_pinned(meant) && settings.on_replace != REPLACE_ALLOW)
        return swap_kept_out("RAND_set_rand_engine()", find_object_name(CALLER));
    answer = meant ? FORWARD(meant, RAND_set_rand_engine, engine) : 0;
    if (is_pinned(meant))
        activate_note_changes();
    return answer;
}

/* ---- What a method hides: on stock, a program's next draws come from it. It is set, for it does
 *      other things as well, and draws go on as before. ---- */

/* To be asked before: false if the program is to be told that it failed. */
static bool may_be_set(const struct libcrypto *meant)
{
    return !is_pinned(meant) || settings.on_replace != REPLACE_FAIL;
}

/* And after: what OpenSSL has answered, or what the program is to be told. */
static int is_set(struct libcrypto *meant, const char *what, const void *caller, int answer)
{
    if (!is_pinned(meant) || (answer != 1 && settings.on_replace != REPLACE_FAIL))
        return answer;
    if (settings.on_replace != REPLACE_ALLOW)
        return swap_kept_out(what, find_object_name(caller));
    FORWARD(meant, RAND_set_rand_method, NULL);
    activate_note_changes();
    return answer;
}

/* Another type of generator, as TEST-RAND in OpenSSL's own tests. */
int RAND_set_DRBG_type(OSSL_LIB_CTX *context, const char *name, const char *properties,
                       const char *cipher, const char *digest)
{
    struct libcrypto *meant = whom(CALLER, FUNCTION_RAND_set_DRBG_type);
    int answer = meant && may_be_set(meant)
                     ? FORWARD(meant, RAND_set_DRBG_type, context, name, properties, cipher, digest)
                     : 0;

    return is_set(meant, "RAND_set_DRBG_type()", CALLER, answer);
}

/* A provider of random bytes alone, 3.5 and later. */
int RAND_set1_random_provider(OSSL_LIB_CTX *context, OSSL_PROVIDER *provider)
{
    struct libcrypto *meant = whom(CALLER, FUNCTION_RAND_set1_random_provider);
    int answer = meant && may_be_set(meant)
                     ? FORWARD(meant, RAND_set1_random_provider, context, provider)
                     : 0;

    return provider ? is_set(meant, "RAND_set1_random_provider()", CALLER, answer) : answer;
}

static int put_in_place(struct libcrypto *meant, enum function set, enum function get,
                        OSSL_LIB_CTX *context, EVP_RAND_CTX *theirs)
{
    int (*real_set)(OSSL_LIB_CTX *, EVP_RAND_CTX *) = meant ? libcrypto_function(meant, set) : NULL;
    EVP_RAND_CTX *(*real_get)(OSSL_LIB_CTX *) = meant ? libcrypto_function(meant, get) : NULL;
    EVP_RAND_CTX *before = real_get && generators_replaced() ? real_get(context) : NULL;
    int answer = real_set ? real_set(context, theirs) : 0;

    if (answer != 1)
        return answer;
    generators_take_away(before);
    generators_put_in_place(theirs);
    return theirs && settings.on_replace == REPLACE_ALLOW ? is_set(meant, "", NULL, answer)
                                                          : answer;
}

/* A generator of the program's in place of a default one, which RAND_get0_public() then lends: that
 * much it gets, so nothing is said when RAND_bytes() goes on as before. */
int RAND_set0_public(OSSL_LIB_CTX *context, EVP_RAND_CTX *theirs)
{
    return put_in_place(whom(CALLER, FUNCTION_RAND_set0_public), FUNCTION_RAND_set0_public,
                        FUNCTION_RAND_get0_public, context, theirs);
}

int RAND_set0_private(OSSL_LIB_CTX *context, EVP_RAND_CTX *theirs)
{
    return put_in_place(whom(CALLER, FUNCTION_RAND_set0_private), FUNCTION_RAND_set0_private,
                        FUNCTION_RAND_get0_private, context, theirs);
}

/* An engine that can serve RAND, and is not ours. */
static bool serves_rand(struct libcrypto *meant, const ENGINE *engine)
{
    const struct rand_method *(*method)(const ENGINE *) =
        meant ? libcrypto_function(meant, FUNCTION_ENGINE_get_RAND) : NULL;

    return method && engine && method(engine) && method(engine) != &osrandom_method;
}

/* The same, by a call that OpenSSL does not make itself, in another of these. */
static bool is_other_engine(struct libcrypto *meant, const ENGINE *engine, const void *caller)
{
    return serves_rand(meant, engine) && libcrypto_around(caller) != meant;
}

int ENGINE_set_default_RAND(ENGINE *engine)
{
    struct libcrypto *meant = whom(CALLER, FUNCTION_ENGINE_set_default_RAND);
    bool other = is_other_engine(meant, engine, CALLER);
    int answer = meant && (!other || may_be_set(meant))
                     ? FORWARD(meant, ENGINE_set_default_RAND, engine)
                     : 0;

    return other ? is_set(meant, "ENGINE_set_default_RAND()", CALLER, answer) : answer;
}

int ENGINE_set_default(ENGINE *engine, unsigned int methods)
{
    enum { ENGINE_METHOD_RAND = 0x0008 };
    struct libcrypto *meant = whom(CALLER, FUNCTION_ENGINE_set_default);
    bool other = (methods & ENGINE_METHOD_RAND) && is_other_engine(meant, engine, CALLER);
    int answer = meant && (!other || may_be_set(meant))
                     ? FORWARD(meant, ENGINE_set_default, engine, methods)
                     : 0;

    return other ? is_set(meant, "ENGINE_set_default()", CALLER, answer) : answer;
}

/* "ALL" and "RAND" are words of the list that mean it. */
static bool names_rand(const char *methods)
{
    static const char *const words[] = {"ALL", "RAND"};

    for (size_t i = 0; methods && i < sizeof(words) / sizeof(words[0]); i++)
        for (const char *at = methods; *at; at++) {
            size_t same = 0;

            while (words[i][same] && at[same] == words[i][same])
                same++;
            if (words[i][same] == '\0')
                return true;
        }
    return false;
}

int ENGINE_set_default_string(ENGINE *engine, const char *methods)
{
    struct libcrypto *meant = whom(CALLER, FUNCTION_ENGINE_set_default_string);
    bool other = names_rand(methods) && serves_rand(meant, engine);
    int answer = meant && (!other || may_be_set(meant))
                     ? FORWARD(meant, ENGINE_set_default_string, engine, methods)
                     : 0;

    return other ? is_set(meant, "ENGINE_set_default_string()", CALLER, answer) : answer;
}

/* ---- What undoes the pin in 1.0.x ---- */

static struct libcrypto *undo_and_pin_again(struct libcrypto *meant, enum function function)
{
    void (*real)(void) = meant ? libcrypto_function(meant, function) : NULL;

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
    undo_and_pin_again(whom(CALLER, FUNCTION_RAND_cleanup), FUNCTION_RAND_cleanup);
}

/* The same for 1.0.x's list of engines. */
void ENGINE_cleanup(void)
{
    struct libcrypto *meant =
        undo_and_pin_again(whom(CALLER, FUNCTION_ENGINE_cleanup), FUNCTION_ENGINE_cleanup);

    if (meant)
        meant->has_engine = false;
}
