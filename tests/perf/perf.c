/*
 * The benchmark: every row of the table of targets, for every generation of OpenSSL.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "bench/footprint.h"
#include "cost.h"
#include "picture.h"
#include "slots.h"
#include "speed.h"
#include "table.h"

static const char *const all_trees[] = {"openssl-1.1.1", "openssl-3.0", "openssl-3.5",
                                        "openssl-3.6",   "openssl-4.0", NULL};

static const struct effort whole = {.rounds = 60,
                                    .milliseconds = 2,
                                    .long_milliseconds = 20,
                                    .windows = 25,
                                    .keys = 200,
                                    .starts = 600,
                                    .instructions = true};
static const struct effort brief = {.rounds = 15,
                                    .milliseconds = 1,
                                    .long_milliseconds = 5,
                                    .windows = 8,
                                    .keys = 0,
                                    .starts = 150};

static const char usage[] =
    "Usage: tests/perf/run [--short] [TREE...]   prints the table\n"
    "       tests/perf/run --plot DIRECTORY      draws draws.svg and threads.svg by gnuplot\n"
    "       tests/perf/run --slots               how often threads meet in the vDSO's pool\n"
    "Stock and shim run side by side, in turn; +- is half the distance between the quartiles, and "
    "a\n"
    "ratio is the median of the ratios of the rounds. Trees: openssl-1.1.1 and the like.\n"
    "\"as bare\": stock is too fast here for the target, even for the bare vDSO call, which is "
    "(bare N)\n"
    "times faster; the shim is as near to it as its target for 32 bytes asks.\n"
    "Exit status: 1 if a figure misses its target by more than a quarter, or cannot be measured.\n";

static void say_where(void)
{
    struct utsname system;

    uname(&system);
    printf("%s %s %s, %ld processors\n\n", system.sysname, system.release, system.machine,
           sysconf(_SC_NPROCESSORS_ONLN));
}

static void rows_of(const char *name, const struct effort *effort)
{
    const struct tree *tree = tree_named(name);

    if (!tree) {
        table_gap(name, "it has not been fetched; tests/support/trees get does that");
        return;
    }
    table_group("OpenSSL %s", tree->version);
    speed_rows(tree, effort);
    cost_rows_of_tree(tree, effort);
}

static int measure(const char *self, const char *const *trees, const struct effort *effort)
{
    say_where();
    table_head();
    table_group("without OpenSSL");
    cost_rows(self);
    for (; *trees; trees++)
        rows_of(*trees, effort);
    return table_exit_status();
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        {"short", no_argument, NULL, 's'}, {"plot", required_argument, NULL, 'p'},
        {"slots", no_argument, NULL, 'l'}, {"memory", no_argument, NULL, 'm'},
        {"help", no_argument, NULL, 'h'},  {NULL, 0, NULL, 0}};
    const struct effort *effort = &whole;
    int option;

    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (option) {
        case 's':
            effort = &brief;
            break;
        case 'p':
            return picture_all(optarg, all_trees);
        case 'l':
            return slots_all();
        case 'm':
            printf("memory=%ld\n", bench_memory_of_shim());
            return 0;
        case 'h':
            fputs(usage, stdout);
            return 0;
        default:
            fputs(usage, stderr);
            return 2;
        }
    }
    return measure(built("perf/perf"),
                   optind < argc ? (const char *const *)argv + optind : all_trees, effort);
}
