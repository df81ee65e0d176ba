/*
 * checkpoint DIRECTORY: leaves a process behind that waits for SIGUSR1, to be dumped and restored
 * meanwhile. Then it draws, and so does a child that it forks after that. Also built as a module
 * with a main().
 *
 * DIRECTORY/number says which restore this is; its values go to DIRECTORY/out.NUMBER. What the shim
 * has to say goes to DIRECTORY/messages.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "draws.h"

enum { RESTORES = 3 };

static void redirect(int descriptor, const char *path, int flags)
{
    int file = open(path, flags | O_CREAT, 0600);

    need(file >= 0 && dup2(file, descriptor) == descriptor, path);
    close(file);
}

static int restore_number(void)
{
    FILE *file = fopen("number", "re");
    int number = 0;

    need(file && fscanf(file, "%d", &number) == 1, "reading DIRECTORY/number");
    fclose(file);
    return number;
}

/* Processes are numbered 0 to 2, their children 3 to 5. */
static void draw_after_restore(void)
{
    struct draws *results = shared_memory(2 * sizeof(*results));
    int number = restore_number();
    char name[32];
    pid_t child;

    draws_make(&results[0]);
    child = fork();
    draws_make(&results[child == 0]);
    if (child == 0)
        _exit(0);
    need_end(child, "the child");
    snprintf(name, sizeof(name), "out.%d", number);
    need(freopen(name, "w", stdout) != NULL, name);
    draws_print(&results[0], number, 1);
    draws_print(&results[1], number + RESTORES, 1);
}

/* Standard output ends when the process is ready. */
static int wait_to_be_restored(void)
{
    sigset_t wanted;
    int signal;

    sigemptyset(&wanted);
    sigaddset(&wanted, SIGUSR1);
    sigprocmask(SIG_BLOCK, &wanted, NULL);
    draws_prepare();
    printf("process=%d\nprovider=%s\n", (int)getpid(), draws_provider());
    fflush(stdout);
    redirect(STDOUT_FILENO, "/dev/null", O_WRONLY);
    sigwait(&wanted, &signal);
    draw_after_restore();
    return 0;
}

/* The program anew, in a session of its own and with standard error where it is to stay: the shim
 * says nothing on one that is exchanged later. */
static void start(void)
{
    char last[] = ".";
    char *words[64];

    setsid();
    redirect(STDIN_FILENO, "/dev/null", O_RDONLY);
    redirect(STDERR_FILENO, "messages", O_WRONLY | O_APPEND);
    syscall(SYS_close_range, STDERR_FILENO + 1, ~0U, 0); /* what a test runner left open */
    own_command(words, sizeof(words) / sizeof(words[0]), last);
    execv("/proc/self/exe", words);
    need(false, "execv");
}

int main(int argc, char **argv)
{
    pid_t child;

    if (argc != 2 || chdir(argv[1]) != 0) {
        fprintf(stderr, "checkpoint DIRECTORY\n");
        return 2;
    }
    if (strcmp(argv[1], ".") == 0)
        return wait_to_be_restored();
    child = fork();
    if (child == 0)
        start();
    need(child > 0, "fork");
    return 0;
}
