/*
 * The system calls of a process that uses no OpenSSL, seen by strace: beyond what the loader does
 * for any preloaded object, the shim makes one fstat() of standard error.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "load.h"

static const char *const shims_call = sizeof(long) == 8 ? "fstat(2, " : "fstat64(2, ";

enum { MOST_CALLS = 4096 };

struct call {
    long process;
    size_t line;
    const char *text; /* from its name on */
};

struct trace {
    char *text;
    struct call
        calls[MOST_CALLS + 1]; /* without those that bring the preloaded object into memory */
    size_t count;
};

static bool starts_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

/* A line is "123 name(arguments) = answer"; others tell of signals and ends. */
static bool read_call(char *line, struct call *call)
{
    char *name;

    call->process = strtol(line, &name, 10);
    call->text = name + strspn(name, " ");
    return strchr(call->text, '(') && !strchr("+-<", *call->text);
}

/* Process by process, for they run at the same time. */
static int compare(const void *one, const void *other)
{
    const struct call *a = one, *b = other;

    if (a->process != b->process)
        return a->process < b->process ? -1 : 1;
    return a->line < b->line ? -1 : 1;
}

/* From the open of that object to the close behind it, the loader maps it. */
static void read_calls(struct trace *trace, const char *preloaded)
{
    bool mapping = false;

    for (char *line = strtok(trace->text, "\n"); line; line = strtok(NULL, "\n")) {
        struct call call = {.line = trace->count};

        if (!read_call(line, &call))
            continue;
        if (starts_with(call.text, "open") && strstr(call.text, preloaded))
            mapping = true;
        else if (!mapping && trace->count < MOST_CALLS)
            trace->calls[trace->count++] = call;
        else if (starts_with(call.text, "close("))
            mapping = false;
    }
    qsort(trace->calls, trace->count, sizeof(trace->calls[0]), compare);
}

static struct trace trace_of(const char *preloaded, const char *const *words)
{
    char *directory = directory_new();
    char *file = text_format("%s/trace", directory);
    char *variable = text_format("LD_PRELOAD=%s", preloaded);
    const char *argv[16] = {"strace", "-f", "-o", file, "-E", variable};
    struct command command = {.argv = argv};
    struct trace trace = {0};
    struct outcome outcome;

    for (size_t i = 0; words[i] && i < 9; i++)
        argv[6 + i] = words[i];
    outcome = run(&command);
    if (outcome.exit_code != 127 && !strstr(outcome.err, "ptrace"))
        trace.text = text_of_file(file);
    free(variable);
    free(file);
    directory_free(directory);
    if (!trace.text)
        cr_skip_test("strace cannot be used here: %s", outcome.err);
    read_calls(&trace, preloaded);
    cr_assert(trace.count > 5, "nothing was traced: %s", outcome.err);
    outcome_free(&outcome);
    return trace;
}

static bool same_call(const char *one, const char *other)
{
    size_t name = strcspn(one, "(");

    return strncmp(one, other, name + 1) == 0;
}

/* Walks along both; returns how often the shim made its call, and fails the test at any other. */
static size_t calls_added(const struct trace *empty, const struct trace *shim)
{
    size_t added = 0, at = 0;

    for (size_t i = 0; i < shim->count; i++) {
        bool expected = at < empty->count && same_call(empty->calls[at].text, shim->calls[i].text);
        bool is_shims = starts_with(shim->calls[i].text, shims_call) &&
                        !(expected && starts_with(empty->calls[at].text, shims_call));

        cr_assert(expected || is_shims, "under the shim there is a %s where there was a %s",
                  shim->calls[i].text,
                  at < empty->count ? empty->calls[at].text : "process that had ended");
        if (is_shims)
            added++;
        else
            at++;
    }
    cr_expect(at == empty->count, "under the shim there is no %s", empty->calls[at].text);
    return added;
}

static void expect_calls_added(size_t wanted, const char *const *words)
{
    struct trace empty = trace_of(load_file("glibc/empty.so"), words);
    struct trace shim = trace_of(the_shim(), words);
    size_t added = calls_added(&empty, &shim);

    cr_expect(added == wanted, "%s: the shim made %zu calls instead of %zu", words[0], added,
              wanted);
    free(empty.text);
    free(shim.text);
}

Test(traces, show_one_fstat_more_in_a_process_without_openssl)
{
    expect_calls_added(1, (const char *const[]){"/bin/true", NULL});
    expect_calls_added(1, (const char *const[]){"/bin/cat", "/dev/null", NULL});
}

Test(traces, show_nothing_more_in_a_forked_child)
{
    expect_calls_added(1, (const char *const[]){load_file("glibc/forks"), NULL});
}
