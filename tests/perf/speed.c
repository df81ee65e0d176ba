/*
 * See speed.h.
 */
#include "speed.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "table.h"

enum { WINDOW_MILLISECONDS = 30 };

/* By which the best of some windows differs from one run to the next, as a share. */
#define WINDOW_NOISE 0.03

/* By which medians of one run differ from those of the next, as a share. */
#define MEDIAN_NOISE 0.01

/* How many times as long as the bare call a draw of 32 bytes may take. */
#define BEYOND_BARE 1.10

/* And one of 1 KiB and more, beyond the faster of the two calls. */
#define BEYOND_FASTER 1.05

#define KIB(n) ((size_t)(n) << 10)

struct pair {
    struct bench_worker *stock, *shim;
    struct bench_worker *by_system; /* the shim with OSRANDOM_SOURCE=getrandom */
    struct bench_worker *bare;      /* stock, with the vDSO's bare call as its method */
    double allowance;               /* nanoseconds that a draw may take beyond the bare call */
    const struct effort *effort;
};

struct bench_worker *worker_of(const struct tree *tree, const char *preload, const char *source)
{
    char *file = text_format("perf/%s/worker", tree->name);
    const char *program = built(file);
    const char *const bare[] = {tree->loader, "--library-path", tree->libraries, program, NULL};
    const char *const loaded[] = {
        tree->loader, "--library-path", tree->libraries, "--preload", preload, program, NULL};
    struct bench_worker *worker =
        bench_worker_start(preload ? loaded : bare, &(struct bench_setting){.source = source});

    free(file);
    return worker;
}

static void row(const char *what, const struct bench_side *stock, const struct bench_side *shim,
                double figure, double error, struct target target)
{
    char *stock_text = error > 0 ? text_of_mean(stock) : text_of_ns(stock);
    char *shim_text = error > 0 ? text_of_mean(shim) : text_of_ns(shim);
    char *ratio = error > 0 ? text_format("%.2f ±%.2f", figure, error)
                            : text_format("%.*f", figure < 10 ? 2 : 1, figure);

    table_row(what, stock_text, shim_text, ratio, figure, error, target);
    free(stock_text);
    free(shim_text);
    free(ratio);
}

/* How many times faster than stock. size is 0 for what has none: keys and handshakes. */
static void faster(const char *what, const struct pair *pair, struct bench_worker *worker,
                   const char *task, size_t size, struct target target)
{
    struct bench_side stock = {.worker = pair->stock, .task = task, .size = size};
    struct bench_side shim = {.worker = worker, .task = task, .size = size};

    if (!bench_alternate((struct bench_side *[]){&stock, &shim}, 2, pair->effort->rounds,
                         size ? pair->effort->milliseconds : pair->effort->long_milliseconds))
        table_gap(what, "the measuring program fails");
    else
        row(what, &stock, &shim, bench_quotient(&stock, &shim), 0, target);
}

/* A draw, how many times faster than stock. The bare call, measured along with them, is the limit:
 * where stock is too fast for the target, as near to the bare call is asked as for 32 bytes. */
static void draws_faster(const char *what, const struct pair *pair, const char *task,
                         struct bench_worker *bare_worker, const char *bare_task, size_t size,
                         double wanted)
{
    struct bench_side stock = {.worker = pair->stock, .task = task, .size = size};
    struct bench_side shim = {.worker = pair->shim, .task = task, .size = size};
    struct bench_side bare = {.worker = bare_worker, .task = bare_task, .size = size};
    char *texts[2] = {text_format(">= %g stock", wanted), NULL};
    struct target target = at_least(wanted, texts[0]);
    double most, possible;

    if (!bench_alternate((struct bench_side *[]){&stock, &shim, &bare}, 3, pair->effort->rounds,
                         pair->effort->milliseconds)) {
        table_gap(what, "the measuring program fails, or the kernel has no such call");
        free(texts[0]);
        return;
    }
    most = bench_quotient(&stock, &bare);
    possible =
        (1 - MEDIAN_NOISE) * most / (1 + pair->allowance / bench_median(bare.values, bare.count));
    texts[1] = text_format("(bare %.*f)", most < 10 ? 2 : 1, most);
    if (possible < wanted)
        target = at_least_the_limit(possible, texts[1], "as bare");
    row(what, &stock, &shim, bench_quotient(&stock, &shim), 0, target);
    free(texts[0]);
    free(texts[1]);
}

/* A task against the bare call, made in the same process. cost: how many times longer; else: what
 * share of its rate. Returns the bare call's time, 0 if there is none. */
static double against_bare(const char *what, const struct pair *pair, const char *bare_task,
                           const char *task, size_t size, bool cost, struct target target)
{
    struct bench_side bare = {.worker = pair->shim, .task = bare_task, .size = size};
    struct bench_side shim = {.worker = pair->shim, .task = task, .size = size};

    if (!bench_alternate((struct bench_side *[]){&bare, &shim}, 2, pair->effort->rounds,
                         pair->effort->milliseconds)) {
        table_gap(what, "the kernel has no such call");
        return 0;
    }
    row(what, &bare, &shim, cost ? bench_quotient(&shim, &bare) : bench_quotient(&bare, &shim), 0,
        target);
    return bench_median(bare.values, bare.count);
}

/* How many times as long as by the faster of the kernel's two calls, whichever that is here. */
static void against_faster(const char *what, const struct pair *pair, size_t size, double limit)
{
    struct bench_side vdso = {.worker = pair->shim, .task = "vdso", .size = size};
    struct bench_side by_system = {.worker = pair->shim, .task = "syscall", .size = size};
    struct bench_side shim = {.worker = pair->shim, .task = "draw", .size = size};
    struct bench_side *sides[] = {&shim, &by_system, &vdso};
    const bool has_vdso = bench_ask(pair->shim, "time vdso 1 1") >= 0;
    const struct bench_side *fastest = &by_system;
    char *texts[2] = {NULL, text_format("<= %.2f bare", limit)};

    if (!bench_alternate(sides, has_vdso ? 3 : 2, pair->effort->rounds,
                         pair->effort->milliseconds)) {
        table_gap(what, "the measuring program fails");
        free(texts[1]);
        return;
    }
    if (has_vdso && bench_quotient(&vdso, &by_system) < 1)
        fastest = &vdso;
    texts[0] = text_format("%s, %s", what, fastest == &vdso ? "vDSO" : "system call");
    row(texts[0], fastest, &shim, bench_quotient(&shim, fastest), 0, at_most(limit, texts[1]));
    free(texts[0]);
    free(texts[1]);
}

/* The time of an RSA key depends on luck: means of many, and twice their standard error as the
 * credit. A few keys would tell nothing. */
static void rsa(const struct pair *pair)
{
    struct bench_side stock = {.worker = pair->stock, .task = "rsa", .size = 2048, .calls = 1};
    struct bench_side shim = {.worker = pair->shim, .task = "rsa", .size = 2048, .calls = 1};
    double figure, error;

    if (pair->effort->keys == 0)
        return;
    if (!bench_alternate((struct bench_side *[]){&stock, &shim}, 2, pair->effort->keys, 1)) {
        table_gap("RSA-2048 key", "the measuring program fails");
        return;
    }
    figure = bench_mean(stock.values, stock.count) / bench_mean(shim.values, shim.count);
    error = 2 * sqrt(bench_error_squared(stock.values, stock.count) +
                     bench_error_squared(shim.values, shim.count));
    row("RSA-2048 key (means)", &stock, &shim, figure, figure * error, at_least(1, ">= 1 stock"));
}

/* ---- Threads ---- */

enum { ONE, TWO, MANY, COUNTS };
enum { STOCK, SHIM, BARE, KINDS };

struct rates {
    double of[KINDS][COUNTS];
};

/* Other programs take processors away and never add any: the best window counts. */
static bool measure_rates(struct rates *rates, const struct pair *pair)
{
    static const unsigned int counts[COUNTS] = {1, 2, 64};
    static struct bench_side sides[KINDS * COUNTS];
    struct bench_side *pointers[KINDS * COUNTS];

    for (size_t i = 0; i < KINDS * COUNTS; i++) {
        sides[i] = (struct bench_side){.worker = i / COUNTS == STOCK ? pair->stock : pair->shim,
                                       .task = i / COUNTS == BARE ? "vdso" : "draw",
                                       .size = 32,
                                       .threads = counts[i % COUNTS]};
        pointers[i] = &sides[i];
    }
    if (!bench_alternate(pointers, KINDS * COUNTS, pair->effort->windows, WINDOW_MILLISECONDS))
        return false;
    for (size_t i = 0; i < KINDS * COUNTS; i++)
        rates->of[i / COUNTS][i % COUNTS] = bench_best(sides[i].values, sides[i].count, true);
    return true;
}

/* How much faster more threads are than fewer. No more can be asked for than the bare call reaches,
 * each thread on a state of its own: then the machine has no other processor to give. */
static void thread_row(const char *what, const struct rates *rates, size_t more, size_t fewer,
                       double wanted)
{
    double reached = rates->of[SHIM][more] / rates->of[SHIM][fewer];
    double possible = rates->of[BARE][more] / rates->of[BARE][fewer];
    char *texts[4] = {text_of_rate(rates->of[STOCK][more]), text_of_rate(rates->of[SHIM][more]),
                      text_format("%.2f", reached),
                      possible < wanted ? text_format("(bare %.2f)", possible)
                                        : text_format(">= %.1f", wanted)};

    table_row(what, texts[0], texts[1], texts[2], reached, reached * WINDOW_NOISE,
              at_least(fmin(wanted, possible), texts[3]));
    for (size_t i = 0; i < 4; i++)
        free(texts[i]);
}

static void thread_rows(const struct pair *pair)
{
    struct rates rates;
    char *stock, *shim, *ratio;

    if (!measure_rates(&rates, pair)) {
        table_gap("threads", "the measuring program fails");
        return;
    }
    stock = text_of_rate(rates.of[STOCK][ONE]);
    shim = text_of_rate(rates.of[SHIM][ONE]);
    ratio = text_format("%.1f", rates.of[SHIM][ONE] / rates.of[STOCK][ONE]);
    table_row("RAND_bytes(32), 1 thread", stock, shim, ratio, 0, 0, for_information(""));
    thread_row("  2 threads; ratio: shim, 2 to 1", &rates, TWO, ONE, 1.6);
    thread_row("  64 threads; ratio: shim, 64 to 2", &rates, MANY, TWO, 1);
    free(stock);
    free(shim);
    free(ratio);
}

/* What a kernel without the vDSO's call gives: the system call at every size. */
static void before_6_11(const struct pair *pair)
{
    static const size_t sizes[] = {16, 32, 256, KIB(1), KIB(16), KIB(1024)};
    const struct target none = for_information("(no vDSO)");

    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        char *what = text_format("by getrandom: RAND_bytes(%zu)", sizes[i]);

        faster(what, pair, pair->by_system, "draw", sizes[i], none);
        free(what);
    }
    faster("by getrandom: BN_rand of 256 bits", pair, pair->by_system, "bignum", 256, none);
    faster("by getrandom: EC key, P-256", pair, pair->by_system, "ec", 0, none);
    faster("by getrandom: TLS 1.3 handshake", pair, pair->by_system, "handshake", 0, none);
}

void speed_rows(const struct tree *tree, const struct effort *effort)
{
    struct pair pair = {.stock = worker_of(tree, NULL, NULL),
                        .shim = worker_of(tree, the_shim(), NULL),
                        .by_system = worker_of(tree, the_shim(), "getrandom"),
                        .bare = worker_of(tree, NULL, NULL),
                        .effort = effort};
    const struct target none = for_information("");

    pair.allowance =
        (BEYOND_BARE - 1) * against_bare("32 bytes: bare vDSO, RAND_bytes", &pair, "vdso", "draw",
                                         32, true, at_most(BEYOND_BARE, "<= 1.10 bare"));
    against_bare("16 bytes", &pair, "vdso", "draw", 16, true, at_most(BEYOND_BARE, "<= 1.10 bare"));
    against_bare("32 bytes: bare vDSO, behind a lock", &pair, "vdso", "locked", 32, true, none);
    against_faster("1 KiB: faster bare call", &pair, KIB(1), BEYOND_FASTER);
    against_faster("4 KiB", &pair, KIB(4), BEYOND_FASTER);
    against_faster("64 KiB", &pair, KIB(64), BEYOND_FASTER);
    against_faster("1 MiB", &pair, KIB(1024), BEYOND_FASTER);
    draws_faster("RAND_bytes(16)", &pair, "draw", pair.shim, "vdso", 16, 15);
    draws_faster("RAND_bytes(32)", &pair, "draw", pair.shim, "vdso", 32, 10);
    draws_faster("RAND_bytes(256)", &pair, "draw", pair.shim, "vdso", 256, 1.6);
    draws_faster("BN_rand of 256 bits", &pair, "bignum", pair.bare, "bare-bignum", 256, 6);
    faster("bulk: RAND_bytes(1 KiB)", &pair, pair.shim, "draw", KIB(1), none);
    faster("bulk: RAND_bytes(16 KiB)", &pair, pair.shim, "draw", KIB(16), none);
    faster("bulk: RAND_bytes(1 MiB)", &pair, pair.shim, "draw", KIB(1024), none);
    thread_rows(&pair);
    faster("EC key, P-256", &pair, pair.shim, "ec", 0, at_least(1, ">= 1 stock"));
    faster("TLS 1.3 handshake, both ends, P-256", &pair, pair.shim, "handshake", 0,
           at_least(1, ">= 1 stock"));
    rsa(&pair);
    before_6_11(&pair);
    bench_worker_stop(pair.stock);
    bench_worker_stop(pair.shim);
    bench_worker_stop(pair.by_system);
    bench_worker_stop(pair.bare);
}
