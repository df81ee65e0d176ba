/*
 * See target.h.
 */
#include "target.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST_WORDS = 16, ANSWER_MS = 120000 };

static void become(const struct tree *tree, const char *preload, const char *const *env,
                   const char *const *argv)
{
    const char *words[MOST_WORDS] = {NULL};
    size_t count = 0;

    clearenv();
    for (; env && *env; env++)
        putenv((char *)*env);
    if (tree) {
        words[count++] = tree->loader;
        words[count++] = "--library-path";
        words[count++] = tree->libraries;
    }
    if (tree && preload) {
        words[count++] = "--preload";
        words[count++] = preload;
    } else if (preload) {
        setenv("LD_PRELOAD", preload, 1);
    }
    while (*argv && count < MOST_WORDS - 1)
        words[count++] = *argv++;
    execv(words[0], (char *const *)words);
    _exit(127);
}

struct target target_run(const struct tree *tree, const char *preload, const char *const *env,
                         const char *const *argv)
{
    int input[2], output[2];
    struct target target;

    cr_assert(pipe2(input, O_CLOEXEC) == 0 && pipe2(output, O_CLOEXEC) == 0);
    target.pid = fork();
    if (target.pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (dup2(input[0], STDIN_FILENO) < 0 || dup2(output[1], STDOUT_FILENO) < 0)
            _exit(127);
        become(tree, preload, env, argv);
    }
    cr_assert(target.pid > 0);
    close(input[0]);
    close(output[1]);
    target.input = input[1];
    target.output = output[0];
    return target;
}

struct target target_start(const struct way *way, const char *preload, const char *const *env)
{
    const bool late = way->how == LATE;
    const char *argv[3] = {NULL};
    struct target target;
    char file[64];

    snprintf(file, sizeof(file), "status/%s/target%s", way->tree, late ? ".so" : "");
    argv[0] = built(late ? "programs/late" : file);
    argv[1] = late ? built(file) : NULL;
    target = target_run(tree_of(way), preload, env, argv);
    cr_assert(target_ask(&target, "pid") == target.pid);
    return target;
}

struct target target_plain(const char *preload)
{
    struct target target = target_run(NULL, preload, NULL, WORDS("/bin/cat"));

    /* cat gives back what it reads, so it is past its start when it has. */
    cr_assert(target_ask(&target, "1") == 1);
    return target;
}

void target_tell(struct target *target, const char *command)
{
    cr_assert(dprintf(target->input, "%s\n", command) > 0, "the target is gone");
}

long target_answer(const struct target *target)
{
    struct pollfd readable = {.fd = target->output, .events = POLLIN};
    char answer[512] = "";
    size_t length = 0;

    while (length < sizeof(answer) - 1) {
        cr_assert(poll(&readable, 1, ANSWER_MS) == 1, "the target does not answer");
        cr_assert(read(target->output, answer + length, 1) == 1, "the target is gone");
        if (answer[length++] == '\n')
            break;
    }
    return atol(answer);
}

long target_ask(struct target *target, const char *format, ...)
{
    char command[64];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(command, sizeof(command), format, arguments);
    va_end(arguments);
    target_tell(target, command);
    return target_answer(target);
}

int target_end(struct target *target)
{
    int status = -1;

    close(target->input);
    waitpid(target->pid, &status, 0);
    close(target->output);
    return status;
}

struct block status_of(const struct target *target)
{
    static struct block status;
    enum block_result result = block_of_pid(target->pid, &status);

    cr_assert(result == BLOCK_READ, "no status of a program under the shim: result %d, errno %d",
              result, errno);
    return status;
}
