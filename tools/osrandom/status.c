/*
 * osrandom status: which running processes draw from the operating system.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "command.h"
#include "process/look.h"
#include "process/trail.h"
#include "status_choice.h"
#include "status_prometheus.h"
#include "status_words.h"

static const char help[] =
    "Usage: osrandom status [--all | PID...] [--user USER] [--unit UNIT] [--program NAME]\n"
    "                       [--columns LIST | --json] [--strict] [--watch[=SECONDS]]\n"
    "       osrandom status --why PID\n"
    "       osrandom status --prometheus [--output FILE]\n"
    "Tells which processes that have OpenSSL draw from the operating system, and why\n"
    "the others do not. It only looks: no process is stopped or slowed down.\n\n"
    "  --all           processes without OpenSSL, and those that may not be looked at, too\n"
    "  --user USER     only those of this user, a name or a number\n"
    "  --unit UNIT     only those of this systemd unit; a pattern, as 'php*.service'\n"
    "  --program NAME  only those of this program; a pattern, of its path if it has a slash\n"
    "  --columns LIST  what the table shows, as 'pid,user,unit,program,state'\n"
    "  --json          an object a line for each process: see osrandom(8)\n"
    "  --strict        exit with 1 for what is self-reported or by the provider, too\n"
    "  --watch         again every 2 (or so many) seconds, until interrupted\n"
    "  --why           of one process, what was looked at and found\n"
    "  --prometheus    figures of the machine, for Prometheus's textfile collector\n"
    "  --output FILE   these into a file, which is replaced when all is written\n\n"
    "Exit status: 0 all covered or by the provider, 1 some not, or only guarded,\n"
    "2 trouble, 3 some swapped, 125 osrandom failed.\n";

enum {
    OPTION_ALL = OPTION_OWN,
    OPTION_USER,
    OPTION_UNIT,
    OPTION_PROGRAM,
    OPTION_COLUMNS,
    OPTION_JSON,
    OPTION_STRICT,
    OPTION_WATCH,
    OPTION_WHY,
    OPTION_PROMETHEUS,
    OPTION_OUTPUT,
};

static const struct option options[] = {
    {"all", no_argument, NULL, OPTION_ALL},
    {"user", required_argument, NULL, OPTION_USER},
    {"unit", required_argument, NULL, OPTION_UNIT},
    {"program", required_argument, NULL, OPTION_PROGRAM},
    {"columns", required_argument, NULL, OPTION_COLUMNS},
    {"json", no_argument, NULL, OPTION_JSON},
    {"strict", no_argument, NULL, OPTION_STRICT},
    {"watch", optional_argument, NULL, OPTION_WATCH},
    {"why", no_argument, NULL, OPTION_WHY},
    {"prometheus", no_argument, NULL, OPTION_PROMETHEUS},
    {"output", required_argument, NULL, OPTION_OUTPUT},
    OPTIONS_FOR_ALL,
};

static struct wish {
    bool all, json, strict, why, has_columns, prometheus;
    const char *output; /* of prometheus; NULL: standard output */
    double interval;    /* seconds, 0: once */
    struct choice choice;
} wish;

static bool is_wanted(const struct identity *identity)
{
    return choice_wants(&wish.choice, identity);
}

/* ---- One round ---- */

/* Of all processes, those that have vanished meanwhile are no news. */
static bool is_shown(const struct look *look)
{
    if (wish.choice.pids)
        return true;
    if (look->state == LOOK_NO_OPENSSL || look->state == LOOK_NOT_PERMITTED)
        return wish.all;
    return true;
}

static void print_why(const struct look *look)
{
    char *program = printable(look->identity.program), *why = printable(look->why);

    printf("%d %s: %s%s%s\n%s", (int)look->pid, program, state_for_people(look), *why ? ": " : "",
           why, trail_text());
    free(program);
    free(why);
}

static void take(const struct look *look, void *context)
{
    struct tally *tally = context;

    if (look->state == LOOK_PASSED || (look->state == LOOK_GONE && !wish.choice.pids))
        return;
    tally->states[look->state]++;
    tally->self_reported += look->self_reported;
    if (!is_shown(look))
        return;
    if (wish.why)
        print_why(look);
    else if (wish.json)
        json_print(look);
    else
        table_add(look);
}

static int status_of(const struct tally *tally)
{
    const unsigned int *states = tally->states;

    if (states[LOOK_SWAPPED])
        return 3;
    if (states[LOOK_UNCOVERED] || states[LOOK_GUARDED] ||
        (wish.strict && (tally->self_reported || states[LOOK_PROVIDER])))
        return 1;
    return states[LOOK_NOT_PERMITTED] || states[LOOK_GONE] || states[LOOK_TROUBLE] ? 2 : 0;
}

static int look_once(unsigned int round)
{
    struct tally tally = {.self_reported = 0};
    time_t began = time(NULL);
    size_t total;
    pid_t *pids = choice_processes(&wish.choice, &total);
    int status;

    if (!pids)
        return complain("status", "cannot read /proc: %s", strerror(errno)), 2;
    look_at_all(pids, total, take, &tally);
    free(pids);
    status = status_of(&tally);
    if (!wish.json && !wish.why)
        table_print(&tally);
    else if (wish.json && wish.interval > 0)
        json_print_end(&tally, round, began, status);
    return finish("status", status);
}

/* ---- Figures of the machine ---- */

static void add_to_figures(const struct look *look, void *unused)
{
    (void)unused;
    metrics_add(&(struct metrics_process){
        .program = look->identity.program,
        .state = look->self_reported ? "self-reported" : state_for_machines(look),
        .has_openssl = look->openssl_count > 0,
        .draws = look->has_figures ? look->draws : 0,
        .failures = look->has_figures ? look->failures : 0,
        .swaps = look->has_figures ? look->swaps : 0,
    });
}

static int tell_figures(void)
{
    size_t total;
    pid_t *pids = choice_processes(&wish.choice, &total);

    if (!pids)
        return complain("status", "cannot read /proc: %s", strerror(errno));
    look_at_all(pids, total, add_to_figures, NULL);
    free(pids);
    return metrics_write(wish.output, shim_path());
}

/* ---- Again and again ---- */

static void pause_for(double seconds)
{
    struct timespec left = {.tv_sec = (time_t)seconds,
                            .tv_nsec = (long)((seconds - (double)(time_t)seconds) * 1e9)};

    while (nanosleep(&left, &left) != 0 && errno == EINTR)
        ;
}

/* As watch(1) has it. */
static void print_moment(bool on_terminal)
{
    char words[64] = "";
    time_t when = time(NULL);
    struct tm parts;

    if (localtime_r(&when, &parts))
        strftime(words, sizeof(words), "%Y-%m-%d %H:%M:%S %z", &parts);
    printf("%sEvery %g s: osrandom status, %s\n\n", on_terminal ? "\033[H\033[2J" : "",
           wish.interval, words);
}

static int look_on(void)
{
    bool on_terminal = isatty(STDOUT_FILENO) && !wish.json;

    for (unsigned int round = 1;; round++) {
        int status;

        if (wish.interval > 0 && !wish.json)
            print_moment(on_terminal);
        status = look_once(round);
        if (wish.interval == 0 || status == EXIT_OSRANDOM)
            return status;
        if (!on_terminal && !wish.json)
            putchar('\n');
        pause_for(wish.interval);
    }
}

/* ---- The options ---- */

static bool parse_interval(const char *text, double *seconds)
{
    char *end;

    *seconds = text ? strtod(text, &end) : 2;
    return !text || (*text && !*end && *seconds >= 0.1 && *seconds <= 86400);
}

/* An option without a value; false if it is none of these. */
static bool take_flag(int option)
{
    wish.all |= option == OPTION_ALL;
    wish.json |= option == OPTION_JSON;
    wish.strict |= option == OPTION_STRICT;
    wish.why |= option == OPTION_WHY;
    wish.prometheus |= option == OPTION_PROMETHEUS;
    return option == OPTION_ALL || option == OPTION_JSON || option == OPTION_STRICT ||
           option == OPTION_WHY || option == OPTION_PROMETHEUS;
}

static bool take_filter(int option)
{
    if (option == OPTION_USER)
        wish.choice.user = optarg;
    else if (option == OPTION_UNIT)
        wish.choice.unit = optarg;
    else if (option == OPTION_PROGRAM)
        wish.choice.program = optarg;
    else if (option == OPTION_OUTPUT)
        wish.output = optarg;
    else
        return false;
    return true;
}

/* 0, or the exit status to end with. */
static int take_option(int option)
{
    if (take_flag(option) || take_filter(option))
        return 0;
    if (option == OPTION_COLUMNS) {
        wish.has_columns = true;
        return table_choose(optarg)
                   ? 0
                   : complain("status", "--columns=%s: the columns are %s, with commas in between",
                              optarg, table_columns());
    }
    return parse_interval(optarg, &wish.interval)
               ? 0
               : complain("status", "--watch=%s is no number of seconds from 0.1 to 86400", optarg);
}

static int check(int numbers)
{
    pid_t pid;

    if (wish.all && wish.choice.pids)
        return complain("status", "--all and process numbers exclude each other");
    if (wish.json && wish.has_columns)
        return complain("status", "--json and --columns exclude each other");
    if (wish.why && numbers != 1)
        return complain("status", "--why takes the number of one process");
    if (wish.why && (wish.json || wish.has_columns || wish.interval > 0))
        return complain("status", "--why excludes --json, --columns and --watch");
    if (wish.output && !wish.prometheus)
        return complain("status", "--output is for --prometheus");
    if (wish.prometheus &&
        (numbers || wish.all || wish.json || wish.why || wish.strict || wish.has_columns ||
         wish.interval > 0 || wish.choice.user || wish.choice.unit || wish.choice.program))
        return complain("status", "--prometheus is of all processes, once, and excludes the rest");
    for (int i = 0; i < numbers; i++)
        if (!choice_parse(wish.choice.pids[i], &pid))
            return complain("status", "%s is no process number", wish.choice.pids[i]);
    return 0;
}

int status_main(int argc, char **argv)
{
    int option, trouble;

    opterr = 0;
    while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1) {
        if (option < OPTION_OWN || option == '?')
            return common_option(option, argv, help);
        trouble = take_option(option);
        if (trouble)
            return trouble;
    }
    if (optind < argc)
        wish.choice.pids = argv + optind;
    trouble = check(argc - optind);
    if (trouble)
        return trouble;
    look_start(shim_path(), module_path(), wish.why, is_wanted);
    return wish.prometheus ? tell_figures() : look_on();
}
