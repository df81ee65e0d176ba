/*
 * rows forked | rows CALL CONTEXT: what is there after a call that was not there before it. A row
 * is a call in a library context, made by a process that has done nothing with OpenSSL yet:
 * `forked` makes all of them, each in a child. ROWS_EARLY=1 has a constructor do it.
 *
 * The configuration file names a module of this program's, which is how it learns that the file has
 * been read: every other way of asking reads it.
 */
#include "probe.h"

#ifdef HAS_LIB_CTX

#include <errno.h>
#include <openssl/conf.h>
#include <openssl/evp.h>
#include <openssl/provider.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BEFORE = 4242, MOST_SECONDS = 60, TRIES = 64 };

static unsigned char bytes[32];
static OSSL_LIB_CTX *given; /* NULL: the default one */
static int has_read_configuration;

static long bn_rand(int draw(BIGNUM *, int, int, int))
{
    BIGNUM *number = BN_new();
    long answer = draw(number, 256, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY);

    BN_free(number);
    return answer;
}

static long bn_rand_ex(int draw(BIGNUM *, int, int, int, unsigned int, BN_CTX *))
{
    BN_CTX *context = BN_CTX_new_ex(given);
    BIGNUM *number = BN_new();
    long answer = draw(number, 256, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY, 0, context);

    BN_free(number);
    BN_CTX_free(context);
    return answer;
}

static long memory_functions(void)
{
    CRYPTO_malloc_fn malloc_now;
    CRYPTO_realloc_fn realloc_now;
    CRYPTO_free_fn free_now;

    CRYPTO_get_mem_functions(&malloc_now, &realloc_now, &free_now);
    return 0;
}

#define CALLS(X)                                                                                   \
    X(nothing, "nothing", 0, 0)                                                                    \
    X(bytes, "RAND_bytes", 0, RAND_bytes(bytes, sizeof(bytes)))                                    \
    X(bytes_0, "RAND_bytes of none", 0, RAND_bytes(bytes, 0))                                      \
    X(bytes_1, "RAND_bytes of less than none", 0, RAND_bytes(bytes, -1))                           \
    X(priv, "RAND_priv_bytes", 0, RAND_priv_bytes(bytes, sizeof(bytes)))                           \
    X(priv_0, "RAND_priv_bytes of none", 0, RAND_priv_bytes(bytes, 0))                             \
    X(priv_1, "RAND_priv_bytes of less than none", 0, RAND_priv_bytes(bytes, -1))                  \
    X(pseudo, "RAND_pseudo_bytes", 0, RAND_pseudo_bytes(bytes, sizeof(bytes)))                     \
    X(ex, "RAND_bytes_ex", 1, RAND_bytes_ex(given, bytes, sizeof(bytes), 0))                       \
    X(ex_0, "RAND_bytes_ex of none", 1, RAND_bytes_ex(given, bytes, 0, 0))                         \
    X(ex_512, "RAND_bytes_ex too strong", 1, RAND_bytes_ex(given, bytes, sizeof(bytes), 512))      \
    X(priv_ex, "RAND_priv_bytes_ex", 1, RAND_priv_bytes_ex(given, bytes, sizeof(bytes), 0))        \
    X(priv_ex_0, "RAND_priv_bytes_ex of none", 1, RAND_priv_bytes_ex(given, bytes, 0, 0))          \
    X(priv_ex_512, "RAND_priv_bytes_ex too strong", 1,                                             \
      RAND_priv_bytes_ex(given, bytes, sizeof(bytes), 512))                                        \
    X(poll, "RAND_poll", 0, RAND_poll())                                                           \
    X(status, "RAND_status", 0, RAND_status())                                                     \
    X(seed, "RAND_seed", 0, (RAND_seed("seed", 4), 0))                                             \
    X(add, "RAND_add", 0, (RAND_add("seed", 4, 4.0), 0))                                           \
    X(load_file, "RAND_load_file", 0, RAND_load_file("/dev/urandom", 32))                          \
    X(bn, "BN_rand", 0, bn_rand(BN_rand))                                                          \
    X(bn_priv, "BN_priv_rand", 0, bn_rand(BN_priv_rand))                                           \
    X(bn_ex, "BN_rand_ex", 1, bn_rand_ex(BN_rand_ex))                                              \
    X(bn_priv_ex, "BN_priv_rand_ex", 1, bn_rand_ex(BN_priv_rand_ex))                               \
    X(get0, "RAND_get0_public", 1, RAND_get0_public(given) != NULL)                                \
    X(get_method, "RAND_get_rand_method", 0, RAND_get_rand_method() != NULL)                       \
    X(set_method, "RAND_set_rand_method", 0, RAND_set_rand_method(NULL))                           \
    X(openssl, "RAND_OpenSSL", 0, RAND_OpenSSL() != NULL)                                          \
    X(memory, "CRYPTO_get_mem_functions", 0, memory_functions())

#define MAKE(id, name, takes_context, expression)                                                  \
    static long make_##id(void)                                                                    \
    {                                                                                              \
        return expression;                                                                         \
    }
#define ENTRY(id, name, takes_context, expression) {name, takes_context, make_##id},

CALLS(MAKE)

static const struct {
    const char *name;
    int takes_context;
    long (*make)(void);
} calls[] = {CALLS(ENTRY)};

enum { CALL_COUNT = sizeof(calls) / sizeof(calls[0]) };

static const char *const contexts[] = {"the default context", "a private context",
                                       "the thread's own context", "where a freed context lay",
                                       "no configuration wanted"};

enum context { DEFAULT, PRIVATE, THREADS_OWN, WHERE_ONE_LAY, NO_CONFIGURATION, CONTEXTS };

static int on_configuration(CONF_IMODULE *module, const CONF *configuration)
{
    (void)module;
    (void)configuration;
    has_read_configuration++;
    return 1;
}

/* The one whose address a freed one had, after the call was made in that. */
static OSSL_LIB_CTX *where_one_lay(long (*make)(void))
{
    OSSL_LIB_CTX *first = OSSL_LIB_CTX_new(), *again = NULL;

    given = first;
    make();
    OSSL_LIB_CTX_free(first);
    for (int i = 0; i < TRIES && again != first; i++)
        again = OSSL_LIB_CTX_new();
    NEED(again == first);
    ERR_clear_error();
    return again;
}

static OSSL_LIB_CTX *enter(enum context where, long (*make)(void))
{
    switch (where) {
    case PRIVATE:
        return OSSL_LIB_CTX_new();
    case THREADS_OWN:
        given = OSSL_LIB_CTX_new();
        OSSL_LIB_CTX_set0_default(given);
        return given;
    case WHERE_ONE_LAY:
        return where_one_lay(make);
    case NO_CONFIGURATION:
        NEED(OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL));
        return NULL;
    default:
        return NULL;
    }
}

static void print_errors(void)
{
    unsigned long error;

    printf(" errors");
    while ((error = ERR_get_error()) != 0)
        printf(" %d:%d", ERR_GET_LIB(error), ERR_GET_REASON(error));
    printf(",");
}

/* A provider that is loaded is the end of fallbacks: the default one is there afterwards only if
 * something has activated it before. */
static void print_providers(const char *where, OSSL_LIB_CTX *context)
{
    int is_loaded = OSSL_PROVIDER_load(context, "legacy") != NULL;
    EVP_MD *digest = EVP_MD_fetch(context, "SHA256", NULL);

    printf("%s: legacy %d default %d SHA-256 %d", where, is_loaded,
           OSSL_PROVIDER_available(context, "default"), digest != NULL);
    EVP_MD_free(digest);
}

static void make_row(size_t call, enum context where)
{
    OSSL_LIB_CTX *default_context = OSSL_LIB_CTX_set0_default(NULL);
    long answer;
    int errno_after;

    given = enter(where, calls[call].make);
    errno = BEFORE;
    answer = calls[call].make();
    errno_after = errno;
    printf("errno after %s, %s=%d\n", calls[call].name, contexts[where],
           errno_after == BEFORE ? 0 : errno_after);
    printf("%s, %s=returned %ld,", calls[call].name, contexts[where], answer);
    print_errors();
    printf(" configuration %s,", has_read_configuration ? "read" : "not read");
    print_providers(" there", given);
    if (given)
        print_providers(", in the default context", default_context);
    printf("\n");
    fflush(stdout);
    _exit(0);
}

static void fork_row(size_t call, enum context where)
{
    pid_t child;
    int status;

    fflush(stdout);
    child = fork();
    if (child == 0) {
        alarm(MOST_SECONDS);
        make_row(call, where);
    }
    waitpid(child, &status, 0);
    if (status)
        printf("%s, %s=ended with status %#x\n", calls[call].name, contexts[where],
               (unsigned int)status);
}

static int is_a_row(size_t call, size_t where)
{
    return calls[call].takes_context || (where != PRIVATE && where != WHERE_ONE_LAY);
}

static void fork_all(void)
{
    for (size_t call = 0; call < CALL_COUNT; call++)
        for (size_t where = 0; where < CONTEXTS; where++)
            if (is_a_row(call, where))
                fork_row(call, (enum context)where);
    fflush(stdout);
}

static size_t index_of(const char *const *names, size_t size, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(*(const char *const *)((const char *)names + i * size), name) == 0)
            return i;
    fprintf(stderr, "there is no %s\n", name);
    exit(2);
}

__attribute__((constructor)) static void early(void)
{
    if (!getenv("ROWS_EARLY"))
        return;
    NEED(CONF_module_add("osrandom_rows", on_configuration, NULL));
    fork_all();
    _exit(0);
}

int main(int argc, char **argv)
{
    NEED(CONF_module_add("osrandom_rows", on_configuration, NULL));
    if (argc == 3)
        make_row(index_of(&calls[0].name, sizeof(calls[0]), CALL_COUNT, argv[1]),
                 (enum context)index_of(&contexts[0], sizeof(contexts[0]), CONTEXTS, argv[2]));
    fork_all();
    return 0;
}

#else

int main(void)
{
    printf("no library contexts\n");
    return 0;
}

#endif
