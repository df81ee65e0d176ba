/*
 * lent threads COUNT | private | fips MODULES CONFIGURATION: whose bytes EVP_RAND_generate() gives
 * from generators that OpenSSL has lent. A line counts the draws that the shim has served.
 *
 * threads  the default ones of so many threads that live at the same time, and the main thread's
 * before and after private  the default context's, after a private context was given a generator of
 * the program's fips     those of a FIPS provider that lie where default ones have lain
 */
#include "probe.h"

#ifdef HAS_LIB_CTX

#include <openssl/evp.h>
#include <openssl/provider.h>
#include <pthread.h>
#include <unistd.h>

#include "served.h"

enum { MOST_THREADS = 4000, STACK = 128 << 10, PAIRS = 50 };

static void draw(EVP_RAND_CTX *generator)
{
    unsigned char bytes[16];

    NEED(generator && EVP_RAND_generate(generator, bytes, sizeof(bytes), 0, 0, NULL, 0));
}

static void print_draws_of(const char *name, EVP_RAND_CTX *generator)
{
    long before = draws_served();

    draw(generator);
    print_number(name, draws_served() - before);
}

static pthread_barrier_t all_lent;

static void *draw_once_all_are_lent(void *unused)
{
    EVP_RAND_CTX *generators[2] = {RAND_get0_public(NULL), RAND_get0_private(NULL)};

    pthread_barrier_wait(&all_lent);
    draw(generators[0]);
    draw(generators[1]);
    return unused;
}

static void of_threads(unsigned int count)
{
    static pthread_t threads[MOST_THREADS];
    EVP_RAND_CTX *generator = RAND_get0_public(NULL);
    pthread_attr_t attributes;
    long before;

    NEED(count && count <= MOST_THREADS);
    print_draws_of("main thread, before", generator);
    before = draws_served();
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK);
    pthread_barrier_init(&all_lent, NULL, count + 1);
    for (unsigned int i = 0; i < count; i++)
        if (pthread_create(&threads[i], &attributes, draw_once_all_are_lent, NULL) != 0) {
            printf("cannot_run=no more than %u threads\n", i);
            fflush(stdout);
            _exit(77);
        }
    pthread_barrier_wait(&all_lent);
    for (unsigned int i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
    print_number("threads", draws_served() - before);
    print_draws_of("main thread, after", generator);
}

static void in_thread(void *(*body)(void *), const char *name)
{
    pthread_t thread;

    NEED(pthread_create(&thread, NULL, body, (void *)name) == 0);
    NEED(pthread_join(thread, NULL) == 0);
}

#if OPENSSL_VERSION_NUMBER >= 0x30100000L
static void *draw_from_default(void *name)
{
    print_draws_of(name, RAND_get0_public(NULL));
    return NULL;
}

static void beside_private(void)
{
    OSSL_LIB_CTX *context = OSSL_LIB_CTX_new();
    EVP_RAND *method = EVP_RAND_fetch(context, "CTR-DRBG", NULL);

    in_thread(draw_from_default, "before");
    NEED(RAND_set0_public(context, EVP_RAND_CTX_new(method, NULL)));
    NEED(RAND_set0_private(context, EVP_RAND_CTX_new(method, NULL)));
    in_thread(draw_from_default, "a new thread, after");
    print_draws_of("the same thread, after", RAND_get0_public(NULL));
}
#else
static void beside_private(void)
{
}
#endif

static OSSL_LIB_CTX *fips;
static const void *lain[4 * PAIRS];
static size_t lain_count;
static long reused, served;

static void *let_lie(void *unused)
{
    lain[lain_count++] = RAND_get0_public(NULL);
    lain[lain_count++] = RAND_get0_private(NULL);
    return unused;
}

static void draw_from_fips(EVP_RAND_CTX *generator)
{
    const EVP_RAND *algorithm = EVP_RAND_CTX_get0_rand(generator);
    long before = draws_served();

    NEED(strcmp(OSSL_PROVIDER_get0_name(EVP_RAND_get0_provider(algorithm)), "fips") == 0);
    draw(generator);
    served += draws_served() - before;
    for (size_t i = 0; i < lain_count; i++)
        if (lain[i] == generator) {
            reused++;
            break;
        }
}

static void *draw_where_they_lay(void *unused)
{
    EVP_RAND_CTX *public = RAND_get0_public(fips), *private = RAND_get0_private(fips);

    draw_from_fips(public);
    draw_from_fips(private);
    return unused;
}

static void of_fips(const char *modules, const char *configuration)
{
    fips = OSSL_LIB_CTX_new();
    NEED(OSSL_PROVIDER_set_default_search_path(fips, modules));
    NEED(OSSL_LIB_CTX_load_config(fips, configuration) && OSSL_PROVIDER_available(fips, "fips"));
    NEED(RAND_get0_public(fips));
    for (int i = 0; i < PAIRS; i++) {
        in_thread(let_lie, NULL);
        in_thread(draw_where_they_lay, NULL);
    }
    print_number("some were reused", reused > 0);
    print_number("served", served);
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";

    if (strcmp(what, "threads") == 0 && argc > 2)
        of_threads((unsigned int)atoi(argv[2]));
    else if (strcmp(what, "private") == 0)
        beside_private();
    else if (strcmp(what, "fips") == 0 && argc > 3)
        of_fips(argv[2], argv[3]);
    return 0;
}

#else

int main(void)
{
    printf("no EVP_RAND\n");
    return 0;
}

#endif
