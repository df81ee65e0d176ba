/*
 * See compare.h.
 */
#include "compare.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct bench_worker {
    pid_t process;
    FILE *commands, *answers;
};

/* ---- Measuring processes ---- */

static void set(const char *name, const char *value)
{
    if (value)
        setenv(name, value, 1);
    else
        unsetenv(name);
}

static void set_environment(const struct bench_setting *setting)
{
    static const char *const names[] = {"OSRANDOM_MODE", "OSRANDOM_ON_SWAP", "OSRANDOM_ON_REPLACE",
                                        "OSRANDOM_ON_FAILURE", "OSRANDOM_LOG"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        unsetenv(names[i]);
    set("OSRANDOM_SOURCE", setting->source);
    set("OPENSSL_CONF", setting->conf);
    set("LD_PRELOAD", setting->preload);
}

static void become(const char *const *argv, const struct bench_setting *setting, int commands,
                   int answers)
{
    if (dup2(commands, STDIN_FILENO) < 0 || dup2(answers, STDOUT_FILENO) < 0)
        _exit(127);
    set_environment(setting);
    execv(argv[0], (char *const *)argv);
    dprintf(STDERR_FILENO, "cannot run %s: %s\n", argv[0], strerror(errno));
    _exit(127);
}

struct bench_worker *bench_worker_start(const char *const *argv,
                                        const struct bench_setting *setting)
{
    struct bench_worker *worker = calloc(1, sizeof(*worker));
    int commands[2], answers[2];

    if (!worker || pipe2(commands, O_CLOEXEC) != 0 || pipe2(answers, O_CLOEXEC) != 0)
        abort();
    signal(SIGPIPE, SIG_IGN); /* one that has died is noticed by its missing answer */
    worker->process = fork();
    if (worker->process == 0)
        become(argv, setting, commands[0], answers[1]);
    close(commands[0]);
    close(answers[1]);
    worker->commands = fdopen(commands[1], "we");
    worker->answers = fdopen(answers[0], "re");
    if (!worker->commands || !worker->answers)
        abort();
    if (worker->process > 0)
        return worker;
    bench_worker_stop(worker);
    return NULL;
}

void bench_worker_stop(struct bench_worker *worker)
{
    if (!worker)
        return;
    fclose(worker->commands);
    fclose(worker->answers);
    if (worker->process > 0)
        waitpid(worker->process, NULL, 0);
    free(worker);
}

double bench_ask(struct bench_worker *worker, const char *format, ...)
{
    char answer[128];
    char *end;
    double number;
    va_list arguments;

    va_start(arguments, format);
    vfprintf(worker->commands, format, arguments);
    va_end(arguments);
    fputc('\n', worker->commands);
    if (fflush(worker->commands) != 0 || !fgets(answer, sizeof(answer), worker->answers))
        return -1;
    number = strtod(answer, &end);
    return end == answer ? -1 : number;
}

/* ---- Comparing ---- */

/* Doubles until a batch takes a tenth of the time, so that one slow call cannot mislead. */
static bool find_calls(struct bench_side *side, unsigned int milliseconds)
{
    double wanted = milliseconds * 1e6;
    double ns;

    for (side->calls = 1;; side->calls *= 2) {
        ns = bench_ask(side->worker, "time %s %zu %lu", side->task, side->size, side->calls);
        if (ns < 0)
            return false;
        if (ns * (double)side->calls >= wanted / 10 || side->calls >= 1UL << 30)
            break;
    }
    side->calls = wanted > ns ? (unsigned long)(wanted / ns) : 1;
    return true;
}

static bool measure(struct bench_side *side, unsigned int milliseconds)
{
    double value;

    if (side->threads)
        value = bench_ask(side->worker, "rate %s %zu %u %u", side->task, side->size, side->threads,
                          milliseconds);
    else
        value = bench_ask(side->worker, "time %s %zu %lu", side->task, side->size, side->calls);
    if (value < 0 || side->count == BENCH_MOST_ROUNDS)
        return false;
    side->values[side->count++] = value;
    return true;
}

/* Each round begins with another side, so that none has the better place. */
bool bench_alternate(struct bench_side *const *sides, size_t count, size_t rounds,
                     unsigned int milliseconds)
{
    for (size_t i = 0; i < count; i++)
        if (!sides[i]->threads && !sides[i]->calls && !find_calls(sides[i], milliseconds))
            return false;
    for (size_t round = 0; round < rounds; round++)
        for (size_t i = 0; i < count; i++)
            if (!measure(sides[(round + i) % count], milliseconds))
                return false;
    return true;
}

/* ---- Figures ---- */

static int compare(const void *one, const void *other)
{
    double a = *(const double *)one, b = *(const double *)other;

    return (a > b) - (a < b);
}

/* The value below which such a share lies, from between its neighbours. */
static double quantile(const double *values, size_t count, double share)
{
    double sorted[BENCH_MOST_ROUNDS];
    double place = share * (double)(count - 1);
    size_t below = (size_t)place;

    if (count == 0 || count > BENCH_MOST_ROUNDS)
        return NAN;
    memcpy(sorted, values, count * sizeof(values[0]));
    qsort(sorted, count, sizeof(sorted[0]), compare);
    if (below + 1 == count)
        return sorted[below];
    return sorted[below] + (place - (double)below) * (sorted[below + 1] - sorted[below]);
}

double bench_median(const double *values, size_t count)
{
    return quantile(values, count, 0.5);
}

double bench_best(const double *values, size_t count, bool largest)
{
    return quantile(values, count, largest ? 1 : 0);
}

double bench_spread(const double *values, size_t count)
{
    return (quantile(values, count, 0.75) - quantile(values, count, 0.25)) / 2 /
           quantile(values, count, 0.5);
}

double bench_mean(const double *values, size_t count)
{
    double sum = 0;

    for (size_t i = 0; i < count; i++)
        sum += values[i];
    return sum / (double)count;
}

double bench_error_squared(const double *values, size_t count)
{
    double mean = bench_mean(values, count);
    double squares = 0;

    for (size_t i = 0; i < count; i++)
        squares += (values[i] - mean) * (values[i] - mean);
    return squares / (double)(count - 1) / (double)count / (mean * mean);
}

double bench_quotient(const struct bench_side *one, const struct bench_side *other)
{
    double quotients[BENCH_MOST_ROUNDS];
    size_t count = one->count < other->count ? one->count : other->count;

    for (size_t i = 0; i < count; i++)
        quotients[i] = one->values[i] / other->values[i];
    return bench_median(quotients, count);
}
