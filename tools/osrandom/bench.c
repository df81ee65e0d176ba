/*
 * osrandom bench: stock against shim against the bare calls, for the OpenSSL installed.
 *
 * The measuring processes are this program again, with and without the shim: they load OpenSSL for
 * all to see (RTLD_GLOBAL) and take the RAND_bytes() that a linked program would get.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "bench/compare.h"
#include "bench/measure.h"
#include "bench/results.h"
#include "bench/served.h"
#include "command.h"

enum { OPTION_JSON = OPTION_OWN, OPTION_PLOT, OPTION_SERVE };

enum { ROUNDS = 21, WINDOWS = 10, THREADED_SIZE = 32 };

static const char help[] =
    "Usage: osrandom bench [--json] [--plot FILE.svg]\n"
    "Measures RAND_bytes() of the OpenSSL installed, with the shim and without, and the\n"
    "kernel's calls by themselves: nanoseconds a draw (median), MB/s, by which of the\n"
    "two calls the shim draws each size, and draws a second in several threads. With\n"
    "OPENSSL_CONF set, the OpenSSL that it makes is measured as well.\n"
    "  --json           the figures as JSON\n"
    "  --plot FILE.svg  also draws them, by gnuplot\n"
    "  --help, --version\n"
    "Exit status: 0, or 125 if something is missing.\n";

/* ---- The measuring process ---- */

static int (*rand_bytes)(unsigned char *buffer, int length);

static bool draw_loop(const struct bench_place *place, size_t size, unsigned long calls)
{
    for (unsigned long i = 0; i < calls; i++)
        if (rand_bytes(place->buffer, (int)size) != 1)
            return false;
    return true;
}

/* Fails if most of what is drawn comes by system calls. The first draws do by turns. */
static bool by_vdso_loop(const struct bench_place *place, size_t size, unsigned long calls)
{
    struct bench_served before, after;

    return bench_served(&before) && draw_loop(place, size, calls) && bench_served(&after) &&
           (after.by_system - before.by_system) * 2 < after.all - before.all;
}

static void *load_openssl(void)
{
    static const char *const names[] = {"libcrypto.so.4",     "libcrypto.so.3",
                                        "libcrypto.so.1.1",   "libcrypto.so.1.0.2",
                                        "libcrypto.so.1.0.0", "libcrypto.so"};
    void *found = NULL;

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && !found; i++)
        found = dlopen(names[i], RTLD_NOW | RTLD_GLOBAL);
    return found;
}

static int serve(bool with_shim)
{
    static const struct bench_task tasks[] = {
        {"draw", draw_loop}, {"by-vdso", by_vdso_loop}, {NULL, NULL}};
    bool shim_is_here = dlsym(RTLD_DEFAULT, "osrandom_status") != NULL;

    if (!load_openssl() || shim_is_here != with_shim)
        return EXIT_OSRANDOM;
    rand_bytes = (int (*)(unsigned char *, int))dlsym(RTLD_DEFAULT, "RAND_bytes");
    return rand_bytes ? bench_serve(tasks) : EXIT_OSRANDOM;
}

/* ---- The asking process ---- */

static void progress(const struct bench_results *results, size_t done)
{
    const struct bench_row *row = &results->rows[done];

    if (!isatty(STDERR_FILENO))
        return;
    if (done == results->row_count)
        fprintf(stderr, "\r%60s\r", "");
    else if (row->threads)
        fprintf(stderr, "\r  %zu of %zu: %u threads%20s", done + 1, results->row_count,
                row->threads, "");
    else
        fprintf(stderr, "\r  %zu of %zu: %zu bytes%20s", done + 1, results->row_count, row->size,
                "");
}

static bool describe(struct bench_results *results)
{
    void *libcrypto = load_openssl();
    const char *(*version)(int);
    struct utsname system;
    Dl_info object;

    if (!libcrypto)
        return false;
    version = (const char *(*)(int))dlsym(libcrypto, "OpenSSL_version");
    if (!version)
        version = (const char *(*)(int))dlsym(libcrypto, "SSLeay_version");
    if (!version || !dladdr((void *)version, &object))
        return false;
    uname(&system);
    snprintf(results->openssl, sizeof(results->openssl), "%s", version(0));
    snprintf(results->libcrypto, sizeof(results->libcrypto), "%s", object.dli_fname);
    snprintf(results->kernel, sizeof(results->kernel), "%.40s %.70s %.40s", system.sysname,
             system.release, system.machine);
    results->processors = sysconf(_SC_NPROCESSORS_ONLN);
    return true;
}

/* Which process is asked, and for what. */
struct side {
    struct bench_worker *worker;
    const char *task;
};

/* All sides in turn; those that are not here are left out. */
static bool measure(struct bench_row *row, const struct side *asked)
{
    static struct bench_side sides[BENCH_KINDS];
    struct bench_side *there[BENCH_KINDS];
    size_t count = 0;

    for (size_t i = 0; i < BENCH_KINDS; i++) {
        sides[i] = (struct bench_side){.worker = asked[i].worker,
                                       .task = asked[i].task,
                                       .size = row->size,
                                       .threads = row->threads};
        if (asked[i].worker && bench_ask(asked[i].worker, "time %s 1 1", asked[i].task) >= 0)
            there[count++] = &sides[i];
    }
    if (!bench_alternate(there, count, row->threads ? WINDOWS : ROUNDS, row->threads ? 30 : 1))
        return false;
    for (size_t i = 0; i < BENCH_KINDS; i++)
        row->values[i] = sides[i].count == 0 ? -1
                         : row->threads      ? bench_best(sides[i].values, sides[i].count, true)
                                             : bench_median(sides[i].values, sides[i].count);
    row->chosen = bench_ask(asked[BENCH_SHIM].worker, "time by-vdso %zu 20", row->size) >= 0
                      ? BENCH_VDSO
                      : BENCH_SYSCALL;
    return sides[BENCH_STOCK].count && sides[BENCH_SHIM].count;
}

static void add_row(struct bench_results *results, size_t size, unsigned int threads)
{
    if (results->row_count < BENCH_MOST_ROWS)
        results->rows[results->row_count++] = (struct bench_row){.size = size, .threads = threads};
}

static void plan(struct bench_results *results)
{
    static const size_t sizes[] = {1,    16,   32,    64,    256,    512,
                                   1024, 4096, 16384, 65536, 262144, 1048576};
    unsigned int processors = results->processors > 2 ? (unsigned int)results->processors : 2;

    if (processors > BENCH_MOST_THREADS)
        processors = BENCH_MOST_THREADS;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
        add_row(results, sizes[i], 0);
    for (unsigned int threads = 1; threads < processors; threads *= 2)
        add_row(results, THREADED_SIZE, threads);
    add_row(results, THREADED_SIZE, processors);
}

static bool measure_all(struct bench_results *results, const char *shim_file)
{
    const char *const bare[] = {"/proc/self/exe", "bench", "--serve=stock", NULL};
    const char *const loaded[] = {"/proc/self/exe", "bench", "--serve=shim", NULL};
    const struct bench_setting stock = {0}, configured = {.conf = results->conf};
    const struct bench_setting shim = {.preload = shim_file};
    const struct bench_setting by_system = {.preload = shim_file, .source = "getrandom"};
    struct bench_worker *workers[] = {bench_worker_start(bare, &stock),
                                      results->conf ? bench_worker_start(bare, &configured) : NULL,
                                      bench_worker_start(loaded, &shim),
                                      bench_worker_start(loaded, &by_system)};
    const struct side sides[BENCH_KINDS] = {
        [BENCH_STOCK] = {workers[0], "draw"}, [BENCH_CONFIGURED] = {workers[1], "draw"},
        [BENCH_SHIM] = {workers[2], "draw"},  [BENCH_SHIM_SYSTEM] = {workers[3], "draw"},
        [BENCH_VDSO] = {workers[2], "vdso"},  [BENCH_SYSCALL] = {workers[2], "syscall"},
    };
    bool all_well = workers[0] && workers[2];

    for (size_t i = 0; i < results->row_count && all_well; i++) {
        progress(results, i);
        all_well = measure(&results->rows[i], sides);
    }
    progress(results, results->row_count);
    for (size_t i = 0; i < sizeof(workers) / sizeof(workers[0]); i++)
        bench_worker_stop(workers[i]);
    return all_well;
}

/* Known before it has measured for long, not after. */
static bool can_write(const char *picture)
{
    FILE *file = fopen(picture, "ae");

    return file && fclose(file) == 0;
}

static int bench(bool as_json, const char *picture)
{
    static struct bench_results results;
    const char *shim = shim_path();

    if (!shim)
        return complain("bench", "libosrandom_preload.so is neither beside this program nor in the "
                                 "library directory");
    if (!describe(&results))
        return complain("bench", "there is no OpenSSL here (libcrypto.so)");
    if (picture && !can_write(picture))
        return complain("bench", "%s cannot be written: %s", picture, strerror(errno));
    results.conf = getenv("OPENSSL_CONF");
    plan(&results);
    if (!measure_all(&results, shim))
        return complain("bench", "%s and %s cannot be measured", results.libcrypto, shim);
    if (as_json)
        bench_print_json(&results);
    else
        bench_print_table(&results);
    if (picture && !bench_draw(&results, picture))
        return complain("bench", "%s could not be drawn by gnuplot", picture);
    return finish("bench", 0);
}

int bench_main(int argc, char **argv)
{
    static const struct option options[] = {{"json", no_argument, NULL, OPTION_JSON},
                                            {"plot", required_argument, NULL, OPTION_PLOT},
                                            {"serve", required_argument, NULL, OPTION_SERVE},
                                            OPTIONS_FOR_ALL};
    const char *picture = NULL;
    bool as_json = false;
    int option;

    opterr = 0;
    while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1) {
        switch (option) {
        case OPTION_JSON:
            as_json = true;
            break;
        case OPTION_PLOT:
            picture = optarg;
            break;
        case OPTION_SERVE:
            return serve(strcmp(optarg, "shim") == 0);
        default:
            return common_option(option, argv, help);
        }
    }
    if (optind < argc)
        return complain("bench", "it takes no argument such as '%s'; see 'osrandom bench --help'",
                        argv[optind]);
    return bench(as_json, picture);
}
