/*
 * See held.h.
 */
#include "held.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "words.h"

enum { SECONDS = 120 };

static void become(const char *const *env, const char *const *words, int input, int output)
{
    unsetenv("LD_PRELOAD");
    unsetenv("OSRANDOM_MODE");
    dup2(input, STDIN_FILENO);
    dup2(output, STDOUT_FILENO);
    dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), STDERR_FILENO); /* the shim's lines, expected */
    for (size_t i = 0; env && env[i]; i++)
        putenv((char *)(uintptr_t)env[i]);
    execvp(words[0], (char *const *)(uintptr_t)words);
    _exit(127);
}

bool held_line(const struct held *held, char *line, int room)
{
    struct pollfd output = {.fd = held->output, .events = POLLIN};
    int length = 0;
    bool ended = false;

    while (!ended && length < room - 1 && poll(&output, 1, SECONDS * 1000) == 1 &&
           read(held->output, line + length, 1) == 1)
        ended = line[length++] == '\n';
    line[ended ? length - 1 : length] = '\0';
    return ended;
}

struct held held_start(const char *const *env, const char *const *words)
{
    struct held held = {0};
    int input[2], output[2];
    char line[256];

    cr_assert(pipe2(input, O_CLOEXEC) == 0 && pipe2(output, O_CLOEXEC) == 0);
    held.pid = fork();
    if (held.pid == 0)
        become(env, words, input[0], output[1]);
    close(input[0]);
    close(output[1]);
    held.input = input[1];
    held.output = output[0];
    snprintf(held.text, sizeof(held.text), "%d", (int)held.pid);
    cr_assert(held_line(&held, line, sizeof(line)), "%s does not start", words[0]);
    return held;
}

struct held held_with(const char *preload, const char *word)
{
    const char *env[] = {preload ? text_format("LD_PRELOAD=%s", preload) : "NOTHING=", NULL};
    const char *words[] = {built("tests/command/held"), word, NULL};

    return held_start(env, words);
}

void held_end(struct held *held)
{
    close(held->input);
    close(held->output);
    kill(held->pid, SIGKILL);
    waitpid(held->pid, NULL, 0);
}
