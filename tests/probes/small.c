/*
 * small: arguments at the edges of what a shim serves, and a program's own engine that has our
 * name. Each line comes from a child: what crashes on stock says so.
 */
#include "probe.h"

#include <sys/wait.h>
#include <unistd.h>

static void print_answer(const char *name, long answer)
{
    unsigned long error;

    printf("%s=%ld, errors", name, answer);
    while ((error = ERR_get_error()) != 0)
        printf(" %d:%d", ERR_GET_LIB(error), ERR_GET_REASON(error));
    printf("\n");
}

#ifdef HAS_LIB_CTX
#include <openssl/evp.h>

static unsigned char bytes[16];

static EVP_RAND_CTX *lent(void)
{
    EVP_RAND_CTX *generator = RAND_get0_public(NULL);

    NEED(generator);
    return generator;
}
#define WITH_GENERATORS(X)                                                                         \
    X("EVP_RAND_nonce to nowhere", EVP_RAND_nonce(lent(), NULL, 16))                               \
    X("EVP_RAND_nonce of none to nowhere", EVP_RAND_nonce(lent(), NULL, 0))                        \
    X("EVP_RAND_nonce of none", EVP_RAND_nonce(lent(), bytes, 0))                                  \
    X("EVP_RAND_nonce", EVP_RAND_nonce(lent(), bytes, 16))                                         \
    X("EVP_RAND_generate of none to nowhere", EVP_RAND_generate(lent(), NULL, 0, 0, 0, NULL, 0))   \
    X("EVP_RAND_generate to nowhere", EVP_RAND_generate(lent(), NULL, 16, 0, 0, NULL, 0))          \
    X("EVP_RAND_generate of none", EVP_RAND_generate(lent(), bytes, 0, 0, 0, NULL, 0))             \
    X("EVP_RAND_generate too strong", EVP_RAND_generate(lent(), bytes, 16, 257, 0, NULL, 0))       \
    X("EVP_RAND_generate as strong as can be",                                                     \
      EVP_RAND_generate(lent(), bytes, 16, 256, 1, NULL, 0))                                       \
    X("RAND_bytes_ex too strong", RAND_bytes_ex(NULL, bytes, 16, 512))                             \
    X("RAND_bytes_ex a little too strong", RAND_bytes_ex(NULL, bytes, 16, 257))                    \
    X("RAND_bytes_ex as strong as can be", RAND_bytes_ex(NULL, bytes, 16, 256))                    \
    X("RAND_bytes_ex of none, too strong", RAND_bytes_ex(NULL, bytes, 0, 512))                     \
    X("RAND_bytes_ex of none to nowhere", RAND_bytes_ex(NULL, NULL, 0, 0))                         \
    X("RAND_priv_bytes_ex too strong", RAND_priv_bytes_ex(NULL, bytes, 16, 512))                   \
    X("RAND_priv_bytes_ex as strong as can be", RAND_priv_bytes_ex(NULL, bytes, 16, 256))
#else
#define WITH_GENERATORS(X)
#endif

#ifdef HAS_ENGINE
static long add_engine_of_our_name(void)
{
    ENGINE *own = ENGINE_new();

    NEED(own && ENGINE_set_id(own, "osrandom") && ENGINE_set_name(own, "the program's own"));
    return ENGINE_add(own);
}

static long is_own(ENGINE *found)
{
    return found && strcmp(ENGINE_get_name(found), "the program's own") == 0;
}

static long count_of_our_name(void)
{
    long count = 0;

    add_engine_of_our_name();
    for (ENGINE *engine = ENGINE_get_first(); engine; engine = ENGINE_get_next(engine))
        count += strcmp(ENGINE_get_id(engine), "osrandom") == 0;
    return count;
}
#define WITH_ENGINES(X)                                                                            \
    X("ENGINE_add of our name", add_engine_of_our_name())                                          \
    X("ENGINE_by_id of our name",                                                                  \
      add_engine_of_our_name() ? is_own(ENGINE_by_id("osrandom")) : -1)                            \
    X("ENGINE_get_first beside our name",                                                          \
      add_engine_of_our_name() ? is_own(ENGINE_get_first()) : -1)                                  \
    X("ENGINE_get_last beside our name",                                                           \
      add_engine_of_our_name() ? is_own(ENGINE_get_last()) : -1)                                   \
    X("engines of our name", count_of_our_name())
#else
#define WITH_ENGINES(X)
#endif

#define ROW(name, expression)                                                                      \
    if (begin_row())                                                                               \
        end_row(name, expression);                                                                 \
    else                                                                                           \
        wait_row(name);

static int begin_row(void)
{
    fflush(stdout);
    return fork() == 0;
}

static void end_row(const char *name, long answer)
{
    print_answer(name, answer);
    fflush(stdout);
    _exit(0);
}

static void wait_row(const char *name)
{
    int status;

    wait(&status);
    if (status)
        printf("%s=ended with status %#x\n", name, (unsigned int)status);
}

int main(void)
{
    print_answer("nothing", 0);
    WITH_GENERATORS(ROW)
    WITH_ENGINES(ROW)
    return 0;
}
