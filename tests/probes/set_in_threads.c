/*
 * set_in_threads: two threads set a method at the same moment, one the program's and the other the
 * default. Whichever comes last, the program must be told what OpenSSL really uses, and what it
 * sets afterwards must take place.
 *
 * The one stands still once OpenSSL has its method, until the other is done: OpenSSL's call of
 * pthread_rwlock_unlock() arrives here, for this program defines it.
 */
#include "probe.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MOST_SECONDS = 60 };

static int others_bytes(unsigned char *buffer, int length)
{
    memset(buffer, 0x42, (size_t)length);
    return 1;
}

static int others_status(void)
{
    return 1;
}

static const RAND_METHOD other = {
    .bytes = others_bytes, .pseudorand = others_bytes, .status = others_status};
static const RAND_METHOD *first;
static const RAND_METHOD *(*own_getter)(void);
static sem_t has_stopped, has_set;
static __thread const RAND_METHOD *stop_at;

/* It goes on after some seconds, should the other be made to wait for this one. */
static void stand_still(void)
{
    struct timespec end;

    stop_at = NULL;
    sem_post(&has_stopped);
    clock_gettime(CLOCK_REALTIME, &end);
    end.tv_sec += MOST_SECONDS;
    while (sem_timedwait(&has_set, &end) != 0 && errno == EINTR)
        ;
}

int pthread_rwlock_unlock(pthread_rwlock_t *lock)
{
    static int (*_Atomic real)(pthread_rwlock_t *);
    const RAND_METHOD *awaited = stop_at;
    int result;

    if (!real)
        real = (int (*)(pthread_rwlock_t *))dlsym(RTLD_NEXT, "pthread_rwlock_unlock");
    result = real(lock);
    if (!awaited)
        return result;
    stop_at = NULL; /* the getter unlocks too */
    stop_at = own_getter() == awaited ? awaited : NULL;
    if (stop_at)
        stand_still();
    else
        stop_at = awaited;
    return result;
}

/* OpenSSL's own function, which no shim sees. */
static void find_own_getter(void)
{
    void *libcrypto;
    Dl_info info;

    NEED(dladdr((void *)BN_new, &info) != 0);
    libcrypto = dlopen(info.dli_fname, RTLD_NOW | RTLD_NOLOAD);
    NEED(libcrypto);
    *(void **)&own_getter = dlsym(libcrypto, "RAND_get_rand_method");
    NEED(own_getter);
}

static void *set_and_stop(void *theirs)
{
    stop_at = theirs ? theirs : first;
    RAND_set_rand_method(theirs);
    if (stop_at)
        sem_post(&has_stopped); /* it had nothing to set */
    stop_at = NULL;
    return NULL;
}

static void *set_beside(void *theirs)
{
    RAND_set_rand_method(theirs);
    sem_post(&has_set);
    return NULL;
}

static int gives_others(void)
{
    unsigned char bytes[32];

    NEED(RAND_bytes(bytes, sizeof(bytes)) == 1);
    for (size_t i = 0; i < sizeof(bytes); i++)
        if (bytes[i] != 0x42)
            return 0;
    return 1;
}

static void print_state(const char *when, const char *what, const RAND_METHOD *now)
{
    printf("%s, %s=told %s, uses %s, gives %s\n", when, what,
           RAND_get_rand_method() == &other ? "the program's" : "the default",
           now == &other  ? "the program's"
           : now == first ? "the default"
                          : "neither",
           gives_others() ? "the program's" : "other bytes");
}

static void race(const char *when, const RAND_METHOD *before, const RAND_METHOD *stopping,
                 const RAND_METHOD *beside)
{
    pthread_t threads[2];
    int told, used;

    NEED(RAND_set_rand_method(before) == 1);
    sem_init(&has_stopped, 0, 0);
    sem_init(&has_set, 0, 0);
    NEED(pthread_create(&threads[0], NULL, set_and_stop, (void *)stopping) == 0);
    sem_wait(&has_stopped);
    NEED(pthread_create(&threads[1], NULL, set_beside, (void *)beside) == 0);
    pthread_join(threads[1], NULL);
    pthread_join(threads[0], NULL);
    told = RAND_get_rand_method() == &other;
    used = own_getter() == &other;
    printf("%s, afterwards=%s\n", when,
           told == used && used == gives_others() ? "one answer" : "told one and uses another");
    RAND_set_rand_method(&other);
    print_state(when, "set again", own_getter());
    RAND_set_rand_method(NULL);
    print_state(when, "taken back", own_getter());
}

/* In a process of its own, so that none inherits what another has left. */
static void fork_race(const char *when, const RAND_METHOD *before, const RAND_METHOD *stopping,
                      const RAND_METHOD *beside)
{
    int status;

    fflush(stdout);
    if (fork() == 0) {
        race(when, before, stopping, beside);
        fflush(stdout);
        _exit(0);
    }
    wait(&status);
    if (status)
        printf("%s=ended with status %#x\n", when, (unsigned int)status);
}

int main(void)
{
    find_own_getter();
    NEED(RAND_set_rand_method(NULL) == 1);
    first = own_getter();
    fork_race("back while another sets", &other, NULL, &other);
    fork_race("set while another goes back", NULL, &other, NULL);
    fork_race("set again while another goes back", &other, &other, NULL);
    fork_race("back again while another sets", NULL, NULL, &other);
    return 0;
}
