/*
 * moments jail DIRECTORY CALL | cleanup | handler | forked | daemon CALL: draws at bad moments.
 *
 * jail        the call is the first, then the root is left for an empty directory, then a TLS
 * context is made: what the configuration file says of it cleanup     draws after OPENSSL_cleanup()
 * handler     the first draws, from a signal handler that comes in the midst of each piece of work
 * of OpenSSL's, whatever locks that holds; stock hangs or breaks forked      the first draws, in a
 * child that is forked while another thread is in the midst of it
 *
 * "In the midst" is an allocation: each round chooses another one, so no clock has a part in it.
 */
#include "probe.h"

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <openssl/conf.h>
#include <openssl/ssl.h>
#ifdef HAS_LIB_CTX
#include <openssl/provider.h>
#else
#include <openssl/rand_drbg.h>
#endif

#include "served.h"

enum { ROUNDS = 16, MOST_SECONDS = 30, CANNOT_RUN = 77 };

static struct {
    long allocations; /* that the work makes */
    long answered, asked, served;
} * seen; /* by all processes */

static void make_draws(void)
{
    unsigned char bytes[16];

    seen->asked += 5;
    seen->answered += RAND_bytes(bytes, sizeof(bytes)) == 1;
    seen->answered += RAND_priv_bytes(bytes, sizeof(bytes)) == 1;
#ifdef HAS_LIB_CTX
    seen->answered += RAND_bytes_ex(NULL, bytes, sizeof(bytes), 0) == 1;
#else
    seen->answered += RAND_pseudo_bytes(bytes, sizeof(bytes)) == 1;
#endif
    seen->answered += RAND_status() == 1;
    seen->answered += RAND_poll() == 1;
    RAND_seed("seed", 4);
    RAND_add("seed", 4, 4.0);
    seen->served = draws_served();
}

/* ---- The work in whose midst it happens ---- */

static void read_configuration(void)
{
    OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CONFIG, NULL);
}

static void make_tls(void)
{
    SSL_CTX_free(SSL_CTX_new(TLS_method()));
}

#ifdef HAS_LIB_CTX
static void load_provider(void)
{
    OSSL_PROVIDER_load(NULL, "legacy");
}

static void fetch(void)
{
    EVP_MD_free(EVP_MD_fetch(NULL, "SHA256", NULL));
}

static void make_generator(void)
{
    RAND_get0_public(NULL);
}
#else
static void make_generator(void)
{
    RAND_DRBG_get0_public();
}
#endif

static const struct {
    const char *name;
    void (*make)(void);
} works[] = {
    {"reading the configuration", read_configuration},
    {"making a TLS context", make_tls},
    {"making a generator", make_generator},
#ifdef HAS_LIB_CTX
    {"loading a provider", load_provider},
    {"fetching", fetch},
#endif
};

/* ---- Allocations, the chosen one of which is the moment ---- */

static long chosen, so_far;
static void (*on_chosen)(void);

static void *take(size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    if (++so_far == chosen)
        on_chosen();
    return malloc(size);
}

static void *retake(void *block, size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    if (size)
        return realloc(block, size);
    free(block);
    return NULL;
}

static void give(void *block, const char *file, int line)
{
    (void)file;
    (void)line;
    free(block);
}

static void on_signal(int number)
{
    (void)number;
    make_draws();
}

static void raise_signal(void)
{
    signal(SIGUSR1, on_signal);
    raise(SIGUSR1);
}

static void end(pid_t child, int *ended)
{
    int status;

    waitpid(child, &status, 0);
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
        seen->served = 0;
    else
        *ended += status == 0;
}

static sem_t reached, go_on;

static void stand_still(void)
{
    sem_post(&reached);
    sem_wait(&go_on);
}

static void *work_in_thread(void *work)
{
    works[*(size_t *)work].make();
    sem_post(&reached);
    return NULL;
}

static void draw_in_child_beside(size_t work)
{
    pthread_t thread;
    pid_t child;
    int ended = 0;

    sem_init(&reached, 0, 0);
    sem_init(&go_on, 0, 0);
    NEED(pthread_create(&thread, NULL, work_in_thread, &work) == 0);
    sem_wait(&reached);
    child = fork();
    if (child == 0) {
        alarm(MOST_SECONDS);
        make_draws();
        _exit(0);
    }
    end(child, &ended);
    sem_post(&go_on);
    pthread_join(thread, NULL);
    _exit(ended ? 0 : 1);
}

static void be_round(size_t work, long number, int in_handler)
{
    alarm(in_handler ? MOST_SECONDS : 2 * MOST_SECONDS);
    NEED(CRYPTO_set_mem_functions(take, retake, give) == 1);
    chosen = number;
    on_chosen = in_handler ? raise_signal : stand_still;
    if (number && !in_handler)
        draw_in_child_beside(work);
    works[work].make();
    if (number == 0)
        seen->allocations = so_far;
    _exit(0);
}

static int make_round(size_t work, long number, int in_handler)
{
    pid_t child;
    int ended = 0;

    fflush(stdout);
    child = fork();
    if (child == 0)
        be_round(work, number, in_handler);
    end(child, &ended);
    return ended;
}

/* The first round that does not end is the last of all: each takes its time. */
static int interrupt(size_t work, int in_handler)
{
    long rounds, i, served = 0;

    memset(seen, 0, sizeof(*seen));
    NEED(make_round(work, 0, in_handler) && seen->allocations > 0);
    rounds = seen->allocations < ROUNDS ? seen->allocations : ROUNDS;
    for (i = 0; i < rounds; i++) {
        seen->served = 0;
        if (!make_round(work, 1 + i * seen->allocations / rounds, in_handler))
            break;
        served += seen->served > 0;
    }
    printf("%s=ended %ld of %ld, served %ld, refused %ld\n", works[work].name, i, rounds, served,
           seen->asked - seen->answered);
    return i == rounds;
}

static void leave_root(const char *directory)
{
    if (chroot(directory) != 0 && (unshare(CLONE_NEWUSER) != 0 || chroot(directory) != 0)) {
        printf("cannot_run=no chroot() and no user namespaces here\n");
        exit(CANNOT_RUN);
    }
    NEED(chdir("/") == 0);
}

static void jail(const char *directory, const char *call)
{
    unsigned char bytes[16];
    SSL_CTX *context;

    if (strcmp(call, "RAND_bytes") == 0)
        NEED(RAND_bytes(bytes, sizeof(bytes)) == 1);
    else if (strcmp(call, "RAND_poll") == 0)
        NEED(RAND_poll() == 1);
    else if (strcmp(call, "RAND_status") == 0)
        NEED(RAND_status() == 1);
    else
        print_bn_rand();
    leave_root(directory);
    context = SSL_CTX_new(TLS_method());
    NEED(context);
    print_number("least protocol", SSL_CTX_get_min_proto_version(context));
}

static void after_cleanup(void)
{
    OPENSSL_cleanup();
    make_draws();
    print_number("refused", seen->asked - seen->answered);
    print_number("served", seen->served);
    fflush(stdout);
    _exit(0);
}

/* ---- daemon: forked by an only thread, it draws first in a thread of its own, and loads another
 *      provider then: the default one must be there too ---- */

#ifdef HAS_LIB_CTX
static void *serve(void *call)
{
    unsigned char bytes[16];
    EVP_MD *digest;

    if (strcmp(call, "RAND_bytes") == 0)
        RAND_bytes(bytes, sizeof(bytes));
    else
        RAND_poll();
    print_number("legacy", OSSL_PROVIDER_load(NULL, "legacy") != NULL);
    digest = EVP_MD_fetch(NULL, "SHA256", NULL);
    print_number("SHA-256", digest != NULL);
    EVP_MD_free(digest);
    return NULL;
}

static int become_daemon(char *call)
{
    int status = -1;
    pthread_t thread;
    pid_t child = fork();

    if (child == 0) {
        NEED(pthread_create(&thread, NULL, serve, call) == 0 && pthread_join(thread, NULL) == 0);
        exit(0);
    }
    NEED(waitpid(child, &status, 0) == child);
    return status;
}
#endif

int main(int argc, char **argv)
{
    const char *moment = argc > 1 ? argv[1] : "";

    seen = mmap(NULL, sizeof(*seen), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    NEED(seen != MAP_FAILED);
    if (strcmp(moment, "jail") == 0 && argc > 3)
        jail(argv[2], argv[3]);
#ifdef HAS_LIB_CTX
    else if (strcmp(moment, "daemon") == 0 && argc > 2)
        return become_daemon(argv[2]);
#endif
    else if (strcmp(moment, "cleanup") == 0)
        after_cleanup();
    else
        for (size_t work = 0; work < sizeof(works) / sizeof(works[0]); work++)
            if (!interrupt(work, strcmp(moment, "handler") == 0))
                break;
    return 0;
}
