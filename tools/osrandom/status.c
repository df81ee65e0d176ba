/*
 * osrandom status: which running processes draw from the operating system.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "command.h"
#include "process/look.h"
#include "status_print.h"

static const char help[] =
    "Usage: osrandom status [--all | PID...] [--json] [--watch[=SECONDS]]\n"
    "Tells which processes that have OpenSSL draw from the operating system, and why\n"
    "the others do not. It only looks: no process is stopped or slowed down.\n\n"
    "  --all     processes without OpenSSL, and those that may not be looked at, too\n"
    "  --json    an object a line for each process: see osrandom(8)\n"
    "  --watch   again every 2 (or so many) seconds, until interrupted\n\n"
    "Exit status: 0 all covered, 1 some not, or only guarded, 2 trouble, 125 osrandom\n"
    "failed.\n";

enum { OPTION_ALL = OPTION_OWN, OPTION_JSON, OPTION_WATCH };

static const struct option options[] = {
    {"all", no_argument, NULL, OPTION_ALL},
    {"json", no_argument, NULL, OPTION_JSON},
    {"watch", optional_argument, NULL, OPTION_WATCH},
    OPTIONS_FOR_ALL,
};

struct wish {
    bool all, json;
    double interval; /* seconds, 0: once */
    char **pids;     /* ends with NULL; NULL: all processes */
};

/* ---- Which processes ---- */

static bool parse_pid(const char *text, pid_t *pid)
{
    char *end;
    long number;

    errno = 0;
    number = strtol(text, &end, 10);
    if (errno || *end || end == text || !isdigit((unsigned char)*text) || number <= 0 ||
        number > INT_MAX)
        return false;
    *pid = (pid_t)number;
    return true;
}

static int by_number(const void *one, const void *other)
{
    pid_t left = *(const pid_t *)one, right = *(const pid_t *)other;

    return (left > right) - (left < right);
}

/* All there are; NULL if /proc cannot be read. */
static pid_t *list_processes(size_t *count)
{
    DIR *directory = opendir("/proc");
    const struct dirent *entry;
    pid_t *pids = NULL;

    *count = 0;
    while (directory && (entry = readdir(directory))) {
        pid_t pid;

        if (!parse_pid(entry->d_name, &pid))
            continue;
        pids = grown(pids, *count, sizeof(*pids));
        pids[(*count)++] = pid;
    }
    if (directory)
        closedir(directory);
    if (pids)
        qsort(pids, *count, sizeof(*pids), by_number);
    return pids;
}

static pid_t *wanted_processes(const struct wish *wish, size_t *count)
{
    pid_t *pids = NULL;

    if (!wish->pids)
        return list_processes(count);
    for (*count = 0; wish->pids[*count]; ++*count) {
        pids = grown(pids, *count, sizeof(*pids));
        parse_pid(wish->pids[*count], &pids[*count]);
    }
    return pids;
}

/* ---- One round ---- */

static void count(struct tally *tally, const struct look *look)
{
    switch (look->state) {
    case LOOK_COVERED:
        tally->covered++;
        tally->self_reported += look->self_reported;
        break;
    case LOOK_UNCOVERED:
        tally->uncovered++;
        break;
    case LOOK_GUARDED:
        tally->guarded++;
        break;
    case LOOK_NO_OPENSSL:
        tally->no_openssl++;
        break;
    case LOOK_NOT_PERMITTED:
        tally->not_permitted++;
        break;
    case LOOK_GONE:
        tally->gone++;
        break;
    case LOOK_TROUBLE:
        tally->trouble++;
        break;
    }
}

/* Of all processes, those that have vanished meanwhile are no news. */
static bool is_shown(const struct wish *wish, const struct look *look)
{
    if (wish->pids)
        return true;
    if (look->state == LOOK_NO_OPENSSL || look->state == LOOK_NOT_PERMITTED)
        return wish->all;
    return look->state != LOOK_GONE;
}

static int status_of(const struct tally *tally)
{
    if (tally->uncovered || tally->guarded)
        return 1;
    return tally->not_permitted || tally->gone || tally->trouble ? 2 : 0;
}

static int look_once(const struct wish *wish)
{
    struct tally tally = {0};
    size_t total;
    pid_t *pids = wanted_processes(wish, &total);

    if (!pids)
        return complain("status", "cannot read /proc: %s", strerror(errno)), 2;
    if (!wish->json)
        print_head();
    for (size_t i = 0; i < total; i++) {
        const struct look *look = look_at(pids[i]);

        if (look->state == LOOK_GONE && !wish->pids)
            continue;
        count(&tally, look);
        if (!is_shown(wish, look))
            continue;
        if (wish->json)
            print_json(look);
        else
            print_row(look);
    }
    free(pids);
    if (!wish->json)
        print_summary(&tally);
    return finish("status", status_of(&tally));
}

static void pause_for(double seconds)
{
    struct timespec left = {.tv_sec = (time_t)seconds,
                            .tv_nsec = (long)((seconds - (double)(time_t)seconds) * 1e9)};

    while (nanosleep(&left, &left) != 0 && errno == EINTR)
        ;
}

static int look_on(const struct wish *wish)
{
    bool on_terminal = isatty(STDOUT_FILENO) && !wish->json;

    for (;;) {
        int status;

        if (on_terminal)
            fputs("\033[H\033[2J", stdout);
        status = look_once(wish);
        if (wish->interval == 0 || status == EXIT_OSRANDOM)
            return status;
        if (!on_terminal && !wish->json)
            putchar('\n');
        pause_for(wish->interval);
    }
}

/* ---- The options ---- */

static bool parse_interval(const char *text, double *seconds)
{
    char *end;

    *seconds = text ? strtod(text, &end) : 2;
    return !text || (*text && !*end && *seconds >= 0.1 && *seconds <= 86400);
}

int status_main(int argc, char **argv)
{
    struct wish wish = {0};
    pid_t pid;
    int option;

    opterr = 0;
    while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1) {
        if (option == OPTION_ALL)
            wish.all = true;
        else if (option == OPTION_JSON)
            wish.json = true;
        else if (option != OPTION_WATCH)
            return common_option(option, argv, help);
        else if (!parse_interval(optarg, &wish.interval))
            return complain("status", "--watch=%s is no number of seconds from 0.1 to 86400",
                            optarg);
    }
    if (optind < argc)
        wish.pids = argv + optind;
    if (wish.all && wish.pids)
        return complain("status", "--all and process numbers exclude each other");
    for (int i = optind; i < argc; i++)
        if (!parse_pid(argv[i], &pid))
            return complain("status", "%s is no process number", argv[i]);
    look_start(shim_path());
    return look_on(&wish);
}
