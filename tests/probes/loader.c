/*
 * loader fork|mutex|dlopen|unwind|walks [cold|warm]: calls while the loader's list of objects is
 * locked.
 *
 * fork    each call is made in a child that is forked while another thread is in a callback of
 *         dl_iterate_phdr(): that thread, and with it the lock's holder, the child does not have
 * mutex   the callback waits for a mutex that the calling thread holds
 * dlopen, unwind
 *         children, forked while another thread loads and unloads a library, or walks its stack as
 * an exception that is thrown does; the rounds end with the first that hangs walks   how often each
 * call enters dl_iterate_phdr() once it has been made: tests/programs/walks.c
 *
 * warm: the parent has made each call before. LOADER_BESIDE names a library that is there as well.
 */
#include <dlfcn.h>
#include <link.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include <unwind.h>

#include "loader_calls.h"

enum { MOST_SECONDS = 20, ROUNDS = 200, TIMES = 1000 };

static sem_t inside, go_on;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int in_mutex;

static int stay(struct dl_phdr_info *info, size_t size, void *unused)
{
    (void)info;
    (void)size;
    (void)unused;
    sem_post(&inside);
    if (in_mutex)
        pthread_mutex_lock(&mutex);
    else
        sem_wait(&go_on);
    return 1;
}

static void *stay_inside(void *unused)
{
    dl_iterate_phdr(stay, NULL);
    return unused;
}

static _Unwind_Reason_Code walk_on(struct _Unwind_Context *context, void *unused)
{
    (void)context;
    (void)unused;
    return _URC_NO_REASON;
}

static void *unwind(void *unused)
{
    for (;;)
        _Unwind_Backtrace(walk_on, NULL);
    return unused;
}

static void stand(void)
{
    sem_post(&inside);
    sem_wait(&go_on);
}

static void *stay_in_dlopen(void *unused)
{
    char address[32];

    snprintf(address, sizeof(address), "%lu", (unsigned long)(void (*)(void))stand);
    setenv("STANDS", address, 1);
    dlopen(getenv("LOADER_STANDS"), RTLD_NOW | RTLD_LOCAL);
    return unused;
}

static void start(void *(*body)(void *))
{
    pthread_t thread;

    NEED(pthread_create(&thread, NULL, body, NULL) == 0);
}

static void start_inside(void *(*body)(void *))
{
    sem_init(&inside, 0, 0);
    sem_init(&go_on, 0, 0);
    start(body);
    sem_wait(&inside);
}

static void be_child(size_t call)
{
    alarm(MOST_SECONDS);
    if (in_mutex) {
        pthread_mutex_lock(&mutex);
        start_inside(stay_inside);
    }
    calls[call].make();
    _exit(0);
}

static pid_t fork_child(size_t call)
{
    pid_t child;

    fflush(stdout);
    child = fork();
    if (child == 0)
        be_child(call);
    return child;
}

/* 1 if it has ended by itself. */
static int wait_for(pid_t child, const char *name, int is_quiet)
{
    int status;

    waitpid(child, &status, 0);
    if (status || !is_quiet)
        printf("%s=%s\n", name,
               status == 0                                          ? "ended"
               : WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM ? "hung"
                                                                    : "failed");
    return status == 0;
}

/* All at once: those that hang do so for the same time. */
static void all_at_once(void)
{
    pid_t children[CALL_COUNT];

    for (size_t call = 0; call < CALL_COUNT; call++)
        children[call] = fork_child(call);
    for (size_t call = 0; call < CALL_COUNT; call++)
        wait_for(children[call], calls[call].name, 0);
}

static void one_by_one(void)
{
    int hung = 0;

    for (size_t round = 0; round < ROUNDS && !hung; round++)
        hung = !wait_for(fork_child(round % CALL_COUNT), calls[round % CALL_COUNT].name, 1);
    printf("all rounds=%s\n", hung ? "no" : "ended");
}

static void count_walks(void)
{
    long (*walks)(void);

    *(void **)&walks = dlsym(RTLD_DEFAULT, "walks_counted");
    NEED(walks);
    for (size_t call = 0; call < CALL_COUNT - 1; call++) {
        long before;

        calls[call].make();
        before = walks();
        for (int i = 0; i < TIMES; i++)
            calls[call].make();
        printf("%s=%ld\n", calls[call].name, walks() - before);
    }
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "", *beside = getenv("LOADER_BESIDE");

    NEED(!beside || dlopen(beside, RTLD_NOW | RTLD_LOCAL));
#ifdef HAS_LIB_CTX
    own = make_own();
    NEED(own);
#endif
    for (size_t call = 0; argc > 2 && strcmp(argv[2], "warm") == 0 && call < CALL_COUNT - 1; call++)
        calls[call].make();
    in_mutex = strcmp(what, "mutex") == 0;
    if (strcmp(what, "walks") == 0) {
        count_walks();
    } else if (in_mutex) {
        all_at_once();
    } else if (strcmp(what, "unwind") == 0) {
        start(unwind);
        one_by_one();
    } else {
        start_inside(strcmp(what, "dlopen") == 0 ? stay_in_dlopen : stay_inside);
        all_at_once();
    }
    fflush(stdout);
    _exit(0);
}
