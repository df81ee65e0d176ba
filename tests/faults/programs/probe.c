/*
 * probe SOURCE USAGE,...|all FAULTS LETTERS: uses the shim's own objects, without an OpenSSL, in a
 * child for each row (f: far, e: every, see rows.h; q: up to the first that differs), and tells the
 * rows in which they do otherwise than the model. Exits 1 if there are any, 77 where no system call
 * can be made to fail.
 */
#include <alloca.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../rows.h"
#include "activate.h"
#include "linux_slot.h"
#include "method.h"
#include "report.h"
#include "settings.h"
#include "status.h"

enum { LONGEST_DRAW = 900, NO_RUN = 7, MOST_TRIES = 3, MOST_TOLD = 3, STACK = 1 << STACK_SHIFT };

/* Written by the child. */
static struct used {
    struct outcome_of_run outcome;
    bool unfilled; /* a draw that was served left zeros, or changed errno */
} * used;

static char program[4096];
static size_t differing;
static bool quick; /* up to the first difference */

static bool has_gap(const unsigned char *bytes, size_t length)
{
    size_t run = 0;

    for (size_t i = 0; i < length; i++) {
        run = bytes[i] ? 0 : run + 1;
        if (run == NO_RUN)
            return true;
    }
    return false;
}

__attribute__((noinline)) static void draw(const struct usage *usage)
{
    static unsigned char bytes[LONGEST_DRAW];
    const struct osrandom_counters *counters;

    settings.source = usage->source;
    settings.on_failure = usage->abort ? FAILURE_ABORT : FAILURE_ERROR;
    if (usage->low)
        close(STDIN_FILENO);
    report_start();
    start_sources();
    for (size_t i = 0; i < MOST_DRAWS && usage->draws[i]; i++) {
        memset(bytes, 0, sizeof(bytes));
        errno = ENOTTY;
        used->outcome.served[i] = method_draw(bytes, usage->draws[i]) == 1;
        used->unfilled |=
            errno != ENOTTY || (used->outcome.served[i] && has_gap(bytes, usage->draws[i]));
    }
    counters = status_counters();
    used->outcome.source = random_source();
    used->outcome.failures = (unsigned int)counters->failures;
    for (size_t i = 0; i < RANDOM_STRIPES; i++)
        used->outcome.tally += (unsigned int)counters->tallies[i].draws;
}

/* Draws on both sides of a border between two slots' stacks would take both, and a key each: their
 * frames are put in the middle. */
static void use(const void *argument)
{
    const uintptr_t above = (uintptr_t)__builtin_frame_address(0) % STACK;
    volatile char *room = alloca(above + STACK / 2);

    *room = 0;
    draw(argument);
    _exit(EXIT_SUCCESS);
}

static bool run_row(const struct usage *usage, const struct plan *plan, struct supervised *seen)
{
    memset(used, 0, sizeof(*used));
    if (!supervise(seen, plan, program, use, usage)) {
        printf("no seccomp user notifications on this machine\n");
        exit(77);
    }
    used->outcome.trace = seen->trace;
    used->outcome.aborted = seen->signal == SIGABRT;
    lines_of_shim(used->outcome.lines, seen, program_invocation_short_name);
    return !used->unfilled && !seen->hung && !seen->err[0] &&
           (seen->exit_code == 0 || used->outcome.aborted);
}

/* The vDSO renews its key when the kernel's generator has a new one, or when memory was short and
 * its state was dropped, which is a call more: a row that differs is run again, a little later. */
static void check(const struct usage *usage, const struct plan *plan,
                  const struct outcome_of_run *expected, void *context)
{
    static struct supervised seen;
    bool sound = false;

    (void)context;
    if (quick && differing)
        return;
    for (int i = 0; i < MOST_TRIES; i++) {
        sound = run_row(usage, plan, &seen);
        if (sound && row_agrees(expected, &used->outcome))
            return;
        usleep(20000);
    }
    if (differing++ >= MOST_TOLD)
        return;
    if (!sound)
        printf("%s: exit %d, signal %d%s%s %s\n", plan_text(plan), seen.exit_code, seen.signal,
               seen.hung ? ", hung" : "", used->unfilled ? ", not all bytes written" : "",
               seen.err);
    row_tell(usage, plan, expected, &used->outcome);
}

int main(int argc, char **argv)
{
    struct extent extent = {.depth = argc == 5 ? (size_t)atoi(argv[3]) : 1,
                            .far = argc == 5 && strchr(argv[4], 'f'),
                            .every = argc == 5 && strchr(argv[4], 'e')};
    enum random_source source = RANDOM_AUTO;
    size_t rows = 0;

    quick = argc == 5 && strchr(argv[4], 'q');
    if (argc != 5)
        return EXIT_FAILURE;
    while (source < RANDOM_URANDOM && strcmp(source_name(source), argv[1]) != 0)
        source++;
    if (readlink("/proc/self/exe", program, sizeof(program) - 1) < 0)
        return EXIT_FAILURE;
    model_has_vdso = vdso_has_getrandom();
    used = mmap(NULL, sizeof(*used), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    for (size_t i = 0; i < USAGES; i++) {
        struct usage usage = usages[i];

        usage.source = source;
        if (strcmp(argv[2], "all") == 0 || strstr(argv[2], usage.name))
            rows += rows_each(&usage, &extent, check, NULL);
    }
    printf("%zu of %zu rows differ\n", differing, rows);
    return differing ? EXIT_FAILURE : EXIT_SUCCESS;
}
