/*
 * See cost.h.
 */
#include "cost.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bench/pin.h"
#include "spawn.h"
#include "table.h"

/* ---- Instructions, which other programs' work does not change ---- */

static double number_after(const char *text, const char *name)
{
    const char *found = text ? strstr(text, name) : NULL;

    return found ? strtod(found + strlen(name), NULL) : -1;
}

/* User-space instructions from the loader's first on, as callgrind counts them; -1 if it cannot.
 * preload is for the host's loader. */
static double instructions_of(const char *preload, const char *const *program)
{
    const char *argv[16] = {"valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"};
    struct outcome outcome;
    double count;

    for (size_t i = 0; program[i]; i++)
        argv[3 + i] = program[i];
    outcome = run(&(struct command){.argv = argv, .preload = preload});
    count = number_after(outcome.err, "Collected :");
    outcome_free(&outcome);
    return count;
}

static void instruction_row(void)
{
    static const char what[] = "exec of /bin/true (empty.so, shim)";
    double empty = instructions_of(built("perf/empty.so"), WORDS("/bin/true"));
    double shim = instructions_of(the_shim(), WORDS("/bin/true"));
    char *texts[3] = {text_format("%.0f instr.", empty), text_format("%.0f instr.", shim),
                      text_format("%+.0f", shim - empty)};

    if (empty < 0 || shim < 0)
        table_gap(what, "valgrind is missing, or cannot run here");
    else
        table_row(what, texts[0], texts[1], texts[2], shim - empty, 0,
                  at_most(0.01 * empty + 15000, "<= +1%+15,000"));
    for (size_t i = 0; i < 3; i++)
        free(texts[i]);
}

/* ---- Time of starting a program ---- */

/* Of processor time, for the first write to a page; -1 if it cannot be told. */
static double microseconds_of_fault(void)
{
    enum { PAGES = 512 };
    size_t page = (size_t)sysconf(_SC_PAGESIZE), size = PAGES * page;
    volatile char *memory =
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    struct timespec before, after;

    if (memory == MAP_FAILED)
        return -1;
    madvise((void *)memory, size, MADV_NOHUGEPAGE);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &before);
    for (size_t i = 0; i < PAGES; i++)
        memory[i * page] = 1;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &after);
    munmap((void *)memory, size);
    return ((double)(after.tv_sec - before.tv_sec) * 1e6 +
            (double)(after.tv_nsec - before.tv_nsec) / 1e3) /
           PAGES;
}

/* What a start took. Processor time, for other programs' work hardly lengthens that. */
struct start {
    double microseconds;
    long faults; /* pages that had to be mapped */
};

/* False if the program failed. vfork(), for a copy of this program's memory would be counted too.
 */
static bool run_once(struct start *start, const char *const *argv)
{
    static const char *const environment[] = {"PATH=/usr/bin:/bin", NULL};
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    struct rusage usage = {0};
    int status = -1;
    pid_t child = vfork();

    if (child == 0) {
        if (dup2(nowhere, STDOUT_FILENO) >= 0)
            execve(argv[0], (char *const *)argv, (char *const *)environment);
        _exit(127);
    }
    close(nowhere);
    if (child < 0 || wait4(child, &status, 0, &usage) != child || status != 0)
        return false;
    start->microseconds = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 +
                          (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
    start->faults = usage.ru_minflt;
    return true;
}

/* `openssl version` by a tree's loader, with this preloaded unless it is NULL. */
struct openssl_words {
    const char *argv[8];
};

static struct openssl_words openssl_version(const struct tree *tree, const char *preload)
{
    struct openssl_words words = {{tree->loader, "--library-path", tree->libraries}};
    size_t count = 3;

    if (preload) {
        words.argv[count++] = "--preload";
        words.argv[count++] = preload;
    }
    words.argv[count++] = tree->openssl;
    words.argv[count] = "version";
    return words;
}

enum { NOTHING, EMPTY, SHIM, PRELOADS };

struct starts {
    double microseconds[PRELOADS][BENCH_MOST_ROUNDS]; /* of the preloads: beyond those of nothing */
    double faults[PRELOADS][BENCH_MOST_ROUNDS];
};

/* One after the other, for what slows a moment down slows all of them down. */
static bool measure_starts(struct starts *starts, const struct tree *tree, size_t rounds)
{
    const char *preloads[PRELOADS] = {NULL, built("perf/empty.so"), the_shim()};

    for (size_t round = 0; round < rounds; round++) {
        struct start start[PRELOADS];

        for (size_t i = 0; i < PRELOADS; i++) {
            size_t which = (round + i) % PRELOADS;

            if (!run_once(&start[which], openssl_version(tree, preloads[which]).argv))
                return false;
        }
        for (size_t i = 0; i < PRELOADS; i++) {
            const struct start base = i == NOTHING ? (struct start){0} : start[NOTHING];

            starts->microseconds[i][round] = start[i].microseconds - base.microseconds;
            starts->faults[i][round] = (double)(start[i].faults - base.faults);
        }
    }
    return true;
}

/* Twice the standard error of a median, of as good as normally distributed values: 1.253 standard
 * deviations over the root of their number, and the quartiles are 1.349 of those apart. */
static double doubt(const double *values, size_t count)
{
    double between_quartiles = 2 * bench_spread(values, count) * bench_median(values, count);

    return 2 * 1.253 / 1.349 * between_quartiles / sqrt((double)count);
}

static void start_row_of(const char *what, const char *stock, const struct starts *starts,
                         size_t which, size_t rounds, struct target target)
{
    double more = bench_median(starts->microseconds[which], rounds);
    char *faults = text_format("%+.0f faults", bench_median(starts->faults[which], rounds));
    double error = doubt(starts->microseconds[which], rounds);
    char *ratio = text_format("%+.0f ±%.0f us", more, error);

    table_row(what, stock, faults, ratio, more, error, target);
    free(faults);
    free(ratio);
}

/* Pages are what any object brings along. Where they alone take half of the target, as on a virtual
 * machine whose page faults leave it for the host, no object can be judged by the time. */
static const char *excuse_of(const struct starts *starts, size_t rounds, double limit)
{
    double faults = bench_median(starts->faults[SHIM], rounds) * microseconds_of_fault();

    return faults > limit / 2 ? "page faults" : NULL;
}

/* What of a start is no page fault: the loader looks every symbol up in one object more, whatever
 * that is, and the shim finds and pins the OpenSSL. */
static void start_instruction_rows(const struct tree *tree)
{
    double nothing = instructions_of(NULL, openssl_version(tree, NULL).argv);
    double empty = instructions_of(NULL, openssl_version(tree, built("perf/empty.so")).argv);
    double shim = instructions_of(NULL, openssl_version(tree, the_shim()).argv);
    char *texts[3] = {text_format("%.0f instr.", nothing), text_format("%+.0f", shim - empty),
                      text_format("%+.0f", empty - nothing)};

    if (nothing < 0 || empty < 0 || shim < 0) {
        table_gap("  its instructions", "valgrind is missing, or cannot run here");
    } else {
        table_row("  its instructions: the shim's own", texts[0], "", texts[1], 0, 0,
                  for_information(""));
        table_row("  its instructions: the look-ups", "", "", texts[2], 0, 0,
                  for_information("(the loader)"));
    }
    for (size_t i = 0; i < 3; i++)
        free(texts[i]);
}

static void start_rows(const struct tree *tree, const struct effort *effort)
{
    static const char what[] = "exec of `openssl version`";
    static struct starts starts;
    const double limit = 100;
    bool all_well;
    char *stock;

    bench_pin();
    all_well = measure_starts(&starts, tree, effort->starts);
    bench_unpin();
    if (!all_well) {
        table_gap(what, "it fails");
        return;
    }
    stock =
        text_format("%.0f us ±%2.0f%%", bench_median(starts.microseconds[NOTHING], effort->starts),
                    100 * bench_spread(starts.microseconds[NOTHING], effort->starts));
    start_row_of(what, stock, &starts, SHIM, effort->starts,
                 (struct target){.limit = limit,
                                 .at_most = true,
                                 .text = "<= +100 us",
                                 .excuse = excuse_of(&starts, effort->starts, limit)});
    start_row_of("  with empty.so instead of the shim", "", &starts, EMPTY, effort->starts,
                 for_information("(the loader)"));
    if (effort->instructions)
        start_instruction_rows(tree);
    free(stock);
}

/* ---- Memory and size ---- */

static void memory_row(const char *what, double stock, double shim, struct target target)
{
    char *texts[2] = {text_format("%.0f KiB", stock / 1024), text_format("%.0f KiB", shim / 1024)};

    if (shim < 0)
        table_gap(what, "/proc/self/smaps cannot be read");
    else
        table_row(what, texts[0], texts[1], "", shim / 1024, 0, target);
    free(texts[0]);
    free(texts[1]);
}

static void memory_rows_of_tree(const struct tree *tree)
{
    struct bench_worker *stock = worker_of(tree, NULL, NULL),
                        *shim = worker_of(tree, the_shim(), NULL);

    bench_ask(stock, "time draw 32 1000");
    bench_ask(shim, "time draw 32 1000");
    memory_row("private memory, drawing", bench_ask(stock, "memory"), bench_ask(shim, "memory"),
               at_most(40, "<= 40 KiB"));
    bench_ask(shim, "rate draw 32 64 50");
    memory_row("  after 64 threads", bench_ask(stock, "memory"), bench_ask(shim, "memory"),
               at_most(40, "<= 40 KiB"));
    bench_worker_stop(stock);
    bench_worker_stop(shim);
}

static double memory_without_openssl(const char *self)
{
    struct outcome outcome = run_words(the_shim(), NULL, NULL, self, "--memory", NULL);
    double bytes = number_after(outcome.out, "memory=");

    outcome_free(&outcome);
    return bytes;
}

static void size_row(void)
{
    char stripped[] = "/tmp/osrandom-perf-XXXXXX";
    int descriptor = mkstemp(stripped);
    struct outcome outcome = run_words(NULL, NULL, NULL, "strip", "-o", stripped, the_shim(), NULL);
    struct stat file = {0};
    char *size;

    if (outcome.exit_code != 0 || stat(stripped, &file) != 0) {
        table_gap("size of the file, stripped", outcome.err);
    } else {
        size = text_format("%.1f KiB", (double)file.st_size / 1024);
        table_row("size of the file, stripped", "", size, "", (double)file.st_size / 1024, 0,
                  at_most(64, "<= 64 KiB"));
        free(size);
    }
    close(descriptor);
    unlink(stripped);
    outcome_free(&outcome);
}

static void fault_row(void)
{
    char *text = text_format("%.1f us", microseconds_of_fault());

    table_row("a page fault", text, "", "", 0, 0, for_information("(the machine)"));
    free(text);
}

void cost_rows(const char *self)
{
    fault_row();
    instruction_row();
    memory_row("private memory, no OpenSSL", 0, memory_without_openssl(self),
               at_most(12, "<= 12 KiB"));
    size_row();
}

void cost_rows_of_tree(const struct tree *tree, const struct effort *effort)
{
    start_rows(tree, effort);
    memory_rows_of_tree(tree);
}
