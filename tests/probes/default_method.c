/*
 * default_method draw | set | nested: OpenSSL's default method, RAND_OpenSSL() or RAND_SSLeay(), as
 * programs use it that call its functions themselves.
 */
#include "probe.h"

#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "served.h"

static void draw(const char *name)
{
    unsigned char bytes[32];

    NEED(RAND_OpenSSL()->bytes(bytes, sizeof(bytes)) == 1);
    print_hex(name, bytes, sizeof(bytes));
}

static void set(void)
{
    print_number("current is the default", RAND_get_rand_method() == RAND_OpenSSL());
    print_number("set", RAND_set_rand_method(RAND_OpenSSL()));
    print_number("swaps", swaps_counted());
    print_draws();
}

static pid_t fork_in_new_namespace(void)
{
    pid_t child;

    fflush(stdout);
    child = (pid_t)syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, 0, 0, 0, 0);
    if (child < 0) {
        printf("cannot_run=no PID namespaces here\n");
        exit(77);
    }
    return child;
}

static void wait_well(pid_t child)
{
    int status;

    NEED(waitpid(child, &status, 0) == child && status == 0);
}

/* Two processes that are number 1 each, as their parent is: OpenSSL takes them for that. */
static void be_parent(void)
{
    unsigned char bytes[4];

    NEED(RAND_OpenSSL()->bytes(bytes, sizeof(bytes)) == 1);
    for (int i = 0; i < 2; i++) {
        pid_t child = fork_in_new_namespace();

        if (child == 0) {
            draw(i ? "second" : "first");
            exit(0);
        }
        wait_well(child);
    }
    exit(0);
}

static void nested(void)
{
    pid_t child = fork_in_new_namespace();

    if (child == 0)
        be_parent();
    wait_well(child);
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";

    if (strcmp(what, "set") == 0)
        set();
    else if (strcmp(what, "nested") == 0)
        nested();
    else
        draw("default method");
    print_number("errors", (long)ERR_peek_error());
    return 0;
}
