/*
 * See rows.h. Where a fault can come is what the model's own trace says.
 */
#include "rows.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* The ways to use it that are tried, by the names that probe takes; the large draw is one that the
 * vDSO shares with the system call, the first being its own, and that getentropy() does not serve
 * at once. */
enum { LARGE = 900 };
const struct usage usages[USAGES] = {
    {.name = "draws", .draws = {16, LARGE, LARGE}},
    {.name = "large", .draws = {LARGE, LARGE, 16}},
    {.name = "low", .draws = {16}, .world = WORLD_SANDBOX, .low = true},
    {.name = "unseeded", .draws = {16}, .world = WORLD_UNSEEDED},
    {.name = "barren", .draws = {16, 16}, .world = WORLD_BARREN},
    {.name = "abort", .draws = {16}, .world = WORLD_BARREN, .abort = true},
};

struct rows {
    const struct usage *usage;
    const struct extent *extent;
    row_check *check;
    void *context;
    size_t count;
};

/* A call that is interrupted for ever is made for ever: no kernel does that. */
static bool may_be_for_good(const struct fault *fault, const struct trace *trace)
{
    struct plan plan = {.faults = {*fault}, .count = 1};
    struct trace later = {.count = fault->nth + 1};

    plan.faults[0].for_good = true;
    for (size_t i = fault->nth + 1; i < trace->count && fault->answer != -EINTR; i++)
        if (plan_answer(&plan, &later, trace->events[i].call) == fault->answer)
            return true;
    return false;
}

static void each_from(struct rows *rows, struct plan *plan);

static void with_fault(struct rows *rows, struct plan *plan, const struct fault *fault)
{
    plan->faults[plan->count++] = *fault;
    each_from(rows, plan);
    plan->count--;
}

static void each_from(struct rows *rows, struct plan *plan)
{
    struct outcome_of_run expected;
    size_t from = plan->count ? plan->faults[plan->count - 1].nth + 1 : 0, to;

    model_run(&expected, rows->usage, plan);
    rows->check(rows->usage, plan, &expected, rows->context);
    rows->count++;
    if (plan->count == rows->extent->depth)
        return;
    to = plan->count && !rows->extent->far ? from + 1 : expected.trace.count;
    for (size_t i = from; i < to && i < expected.trace.count; i++) {
        enum call call = expected.trace.events[i].call;

        for (const long *answer = answers_of(call, rows->extent->every); *answer != ANSWER_PASS;
             answer++) {
            struct fault fault = {i, call, *answer, false};

            with_fault(rows, plan, &fault);
            if (!may_be_for_good(&fault, &expected.trace))
                continue;
            fault.for_good = true;
            with_fault(rows, plan, &fault);
        }
    }
}

size_t rows_each(const struct usage *usage, const struct extent *extent, row_check *check,
                 void *context)
{
    struct rows rows = {usage, extent, check, context, 0};
    struct plan plan = {.world = usage->world};

    each_from(&rows, &plan);
    return rows.count;
}

static const char *served_text(const struct outcome_of_run *outcome)
{
    static char text[2][8 * MOST_DRAWS];
    static int turn;
    char *to = text[turn ^= 1];

    to[0] = '\0';
    for (size_t i = 0; i < MOST_DRAWS; i++)
        strcat(to, outcome->served[i] ? " 1" : " 0");
    return to;
}

static void tell(const char *whose, const struct outcome_of_run *outcome)
{
    printf("  %s %s\n        draws%s, next from %s, %u failures, tally %u%s\n        \"%.*s\"\n",
           whose, trace_text(&outcome->trace), served_text(outcome), source_name(outcome->source),
           outcome->failures, outcome->tally, outcome->aborted ? ", aborted" : "",
           (int)strcspn(outcome->lines, "\n"), outcome->lines);
}

static bool same_trace(const struct trace *one, const struct trace *other)
{
    if (one->count != other->count)
        return false;
    for (size_t i = 0; i < one->count; i++)
        if (one->events[i].call != other->events[i].call ||
            one->events[i].size != other->events[i].size)
            return false;
    return true;
}

bool row_agrees(const struct outcome_of_run *expected, const struct outcome_of_run *seen)
{
    return same_trace(&expected->trace, &seen->trace) &&
           memcmp(expected->served, seen->served, sizeof(seen->served)) == 0 &&
           expected->aborted == seen->aborted && strcmp(expected->lines, seen->lines) == 0 &&
           (seen->aborted ||
            (expected->source == seen->source && expected->failures == seen->failures &&
             expected->tally == seen->tally));
}

void row_tell(const struct usage *usage, const struct plan *plan,
              const struct outcome_of_run *expected, const struct outcome_of_run *seen)
{
    printf("OSRANDOM_SOURCE=%s%s%s, draws of %zu %zu %zu; %s\n", source_name(usage->source),
           usage->abort ? " OSRANDOM_ON_FAILURE=abort" : "",
           usage->low ? ", descriptor 0 closed" : "", usage->draws[0], usage->draws[1],
           usage->draws[2], plan_text(plan));
    tell("model", expected);
    tell("shim ", seen);
}

bool vdso_has_getrandom(void)
{
    void *vdso = dlopen("linux-vdso.so.1", RTLD_LAZY | RTLD_NOLOAD);

    return vdso && (dlsym(vdso, "__vdso_getrandom") || dlsym(vdso, "__kernel_getrandom"));
}

void lines_of_shim(char *lines, struct supervised *seen, const char *program)
{
    char start[128];
    char *from = seen->err, *rest = seen->err;
    size_t length;

    snprintf(start, sizeof(start), "osrandom: %s[%d]: ", program, (int)seen->process);
    lines[0] = '\0';
    for (; *from; from += length) {
        length = strcspn(from, "\n");
        length += from[length] == '\n';
        if (strncmp(from, start, strlen(start)) == 0) {
            snprintf(lines + strlen(lines), LONGEST_LINES - strlen(lines), "%.*s",
                     (int)(length - strlen(start)), from + strlen(start));
            continue;
        }
        memmove(rest, from, length);
        rest += length;
    }
    *rest = '\0';
}
