/*
 * See spawn.h.
 */
#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MOST_WORDS = 64, DEFAULT_SECONDS = 600 };

struct stream {
    int descriptor;
    char *data;
    size_t length, room;
};

static void forget_own_environment(void)
{
    static const char *const names[] = {
        "LD_PRELOAD",          "LD_LIBRARY_PATH",  "OSRANDOM_MODE",       "OSRANDOM_SOURCE",
        "OSRANDOM_ON_REPLACE", "OSRANDOM_ON_SWAP", "OSRANDOM_ON_FAILURE", "OSRANDOM_LOG",
        "OSRANDOM_LEDGER",     "OPENSSL_CONF",
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        unsetenv(names[i]);
}

/* The words with the tree's loader in front. The preloaded object is named to that loader, so that
 * no other program on the way gets it. */
static void whole_command(const struct command *command, const char *words[MOST_WORDS])
{
    size_t count = 0;

    if (command->tree) {
        words[count++] = command->tree->loader;
        words[count++] = "--library-path";
        words[count++] = command->tree->libraries;
        if (command->preload) {
            words[count++] = "--preload";
            words[count++] = command->preload;
        }
    }
    for (size_t i = 0; command->argv[i] && count < MOST_WORDS - 1; i++)
        words[count++] = command->argv[i];
    words[count] = NULL;
}

static void become(const struct command *command)
{
    const char *words[MOST_WORDS];

    setpgid(0, 0);
    forget_own_environment();
    for (size_t i = 0; command->env && command->env[i]; i++)
        putenv((char *)command->env[i]);
    whole_command(command, words);
    if (command->preload && !command->tree)
        setenv("LD_PRELOAD", command->preload, 1);
    execvp(words[0], (char *const *)words);
    dprintf(STDERR_FILENO, "cannot run %s: %s\n", words[0], strerror(errno));
    _exit(127);
}

static void redirect(int from, int to)
{
    if (dup2(from, to) != to)
        _exit(127);
}

static bool read_some(struct stream *stream)
{
    ssize_t got;

    if (stream->room - stream->length < 2) {
        stream->room = stream->room ? 2 * stream->room : 4096;
        stream->data = realloc(stream->data, stream->room);
        if (!stream->data)
            abort();
    }
    got =
        read(stream->descriptor, stream->data + stream->length, stream->room - stream->length - 1);
    if (got > 0)
        stream->length += (size_t)got;
    stream->data[stream->length] = '\0';
    return got > 0;
}

static long milliseconds_left(const struct timespec *end)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (end->tv_sec - now.tv_sec) * 1000 + (end->tv_nsec - now.tv_nsec) / 1000000;
}

/* Reads both streams to their ends; false if the time ran out first. */
static bool read_all(struct stream streams[2], const struct timespec *end)
{
    struct pollfd wanted[2] = {{.fd = streams[0].descriptor, .events = POLLIN},
                               {.fd = streams[1].descriptor, .events = POLLIN}};

    while (wanted[0].fd >= 0 || wanted[1].fd >= 0) {
        long left = milliseconds_left(end);

        if (left <= 0 || poll(wanted, 2, (int)left) == 0)
            return false;
        for (int i = 0; i < 2; i++)
            if (wanted[i].fd >= 0 && wanted[i].revents && !read_some(&streams[i]))
                wanted[i].fd = -1;
    }
    return true;
}

static int input_of(const struct command *command)
{
    FILE *file = tmpfile();
    int descriptor;

    if (!file)
        abort();
    fwrite(command->input ? command->input : "", 1, command->input ? command->input_length : 0,
           file);
    fflush(file);
    descriptor = dup(fileno(file));
    fclose(file);
    lseek(descriptor, 0, SEEK_SET);
    return descriptor;
}

struct outcome run(const struct command *command)
{
    struct outcome outcome = {.exit_code = -1};
    struct stream streams[2] = {{0}};
    struct timespec end;
    int out[2], err[2], input = input_of(command);
    int status = 0;
    pid_t child;

    if (pipe2(out, O_CLOEXEC) != 0 || pipe2(err, O_CLOEXEC) != 0)
        abort();
    fflush(NULL);
    child = fork();
    if (child == 0) {
        redirect(input, STDIN_FILENO);
        redirect(out[1], STDOUT_FILENO);
        redirect(err[1], STDERR_FILENO);
        become(command);
    }
    close(input);
    close(out[1]);
    close(err[1]);
    streams[0].descriptor = out[0];
    streams[1].descriptor = err[0];
    clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_sec += command->seconds ? command->seconds : DEFAULT_SECONDS;
    outcome.timed_out = !read_all(streams, &end);
    if (outcome.timed_out)
        kill(-child, SIGKILL);
    waitpid(child, &status, 0);
    close(out[0]);
    close(err[0]);

    if (WIFEXITED(status))
        outcome.exit_code = WEXITSTATUS(status);
    else
        outcome.signal = WTERMSIG(status);
    outcome.out = streams[0].data ? streams[0].data : strdup("");
    outcome.out_length = streams[0].length;
    outcome.err = streams[1].data ? streams[1].data : strdup("");
    outcome.err_length = streams[1].length;
    return outcome;
}

struct outcome run_words(const char *preload, const struct tree *tree, const char *const *env, ...)
{
    const char *words[MOST_WORDS] = {NULL};
    struct command command = {.argv = words, .env = env, .preload = preload, .tree = tree};
    size_t count = 0;
    va_list arguments;

    va_start(arguments, env);
    while (count < MOST_WORDS - 1 && (words[count] = va_arg(arguments, const char *)))
        count++;
    va_end(arguments);
    return run(&command);
}

void outcome_free(struct outcome *outcome)
{
    free(outcome->out);
    free(outcome->err);
}

char *outcome_value(const struct outcome *outcome, const char *name)
{
    size_t length = strlen(name);

    for (const char *line = outcome->out; line; line = strchr(line, '\n')) {
        if (*line == '\n')
            line++;
        if (strncmp(line, name, length) == 0 && line[length] == '=')
            return strndup(line + length + 1, strcspn(line + length + 1, "\n"));
    }
    return NULL;
}
