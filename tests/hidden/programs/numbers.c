/*
 * numbers MODULE: a program that loads a module with OpenSSL inside, and becomes process 1 of a PID
 * namespace and then process 1 of one within it. In all three it compares what getpid() says with
 * what the kernel does: in a loop, in a handler that interrupts it, in a child of vfork(). The
 * module says what it is told.
 */
#include <dlfcn.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

enum { QUESTIONS = 200000, CANNOT_RUN = 77 };

static volatile sig_atomic_t wrong, handled;

static pid_t real_number(void)
{
    return (pid_t)syscall(SYS_getpid);
}

static void ask(void)
{
    if (getpid() != real_number())
        wrong++;
}

static void handle(int signal)
{
    (void)signal;
    ask();
    handled = 1;
}

/* The loop ends when it has been interrupted, however long that takes. */
static void ask_often(void)
{
    struct itimerval often = {.it_interval = {.tv_usec = 100}, .it_value = {.tv_usec = 100}};
    const struct itimerval never = {0};

    handled = 0;
    setitimer(ITIMER_REAL, &often, NULL);
    for (int i = 0; i < QUESTIONS || !handled; i++)
        ask();
    setitimer(ITIMER_REAL, &never, NULL);
}

/* It lives in this process's memory. */
static void ask_in_vfork(void)
{
    volatile pid_t number = 0;
    pid_t child = vfork();

    if (child == 0) {
        number = getpid();
        ask();
        _exit(0);
    }
    waitpid(child, NULL, 0);
    if (number != child && number != 1) /* 1: of a namespace of its own */
        wrong++;
}

static void ask_all(const char *where, int (*module_main)(int, char **))
{
    char name[] = "module", how[] = "number", *words[] = {name, how, NULL};

    wrong = 0;
    errno = 0;
    ask_often();
    ask_in_vfork();
    printf("%s_wrong=%d\n%s_real=%d\n%s_", where, (int)wrong, where, (int)real_number(), where);
    module_main(2, words);
    printf("again_%s_", where);
    module_main(2, words);
}

static void descend(const char *where, const char *deeper, int (*module_main)(int, char **))
{
    int status = -1;
    pid_t child = -1;

    fflush(stdout);
    if (unshare(CLONE_NEWPID) == 0)
        child = fork();
    if (child == 0) {
        ask_all(where, module_main);
        if (deeper)
            descend(deeper, NULL, module_main);
        exit(0);
    }
    if (child < 0 || waitpid(child, &status, 0) != child)
        exit(CANNOT_RUN);
    if (status != 0)
        exit(1);
}

int main(int argc, char **argv)
{
    void *module = argc == 2 ? dlopen(argv[1], RTLD_NOW | RTLD_LOCAL) : NULL;
    struct sigaction action = {.sa_handler = handle, .sa_flags = SA_RESTART};
    int (*module_main)(int, char **) = NULL;

    if (module)
        *(void **)&module_main = dlsym(module, "main");
    if (!module_main) {
        fprintf(stderr, "numbers: %s\n", argc == 2 ? dlerror() : "name a module");
        return 127;
    }
    sigaction(SIGALRM, &action, NULL);
    ask_all("outside", module_main);
    descend("first", "second", module_main);
    return 0;
}
