/*
 * osrandom reseed: has the kernel's generator take a new key, in a virtual machine that was cloned
 * without a vmgenid. Every process that draws from the kernel draws anew from then on.
 *
 * What is mixed in is never printed, and nothing of it is credited unless --credit vouches for it.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "command.h"
#include "kernel/machine.h"
#include "kernel/reseed.h"
#include "kernel/seed.h"
#include "kernel/signs.h"

static const char help[] =
    "Usage: osrandom reseed [--file FILE | --hex DIGITS | --port NAME] [--credit BITS]\n"
    "                       [--wait SECONDS] [--watch[=SECONDS]]\n"
    "Has the kernel's generator draw anew, in a virtual machine that may have been cloned:\n"
    "with bytes that the host hands in, and with what the machine has. Needs CAP_SYS_ADMIN.\n\n"
    "  (nothing)      bytes from standard input, if that is a pipe or a file\n"
    "  --file FILE    from a file, a FIFO or a device\n"
    "  --hex DIGITS   from the command line, where others may see them for a moment\n"
    "  --port NAME    from a virtio port, which is told whether it worked\n"
    "  --credit BITS  vouches for so many bits of these; nothing is vouched for without\n"
    "  --wait S       waits so long for bytes, 5 seconds if not given, 1 with --watch\n"
    "  --watch[=S]    stays, looks every second (or S) whether this machine was resumed from a\n"
    "                 snapshot, and reseeds then\n\n"
    "Exit status: 0 reseeded; 1 reseeded, but from the clocks alone, so that clones may still\n"
    "agree; 2 not reseeded, or it did not take; 125 wrong usage.\n";

enum {
    OPTION_FILE = OPTION_OWN,
    OPTION_HEX,
    OPTION_PORT,
    OPTION_CREDIT,
    OPTION_WAIT,
    OPTION_WATCH
};

enum { BY_GENERATOR_OR_HOST = 0, BY_CLOCKS_ALONE = 1, NOT_RESEEDED = 2 };

/* So many bytes tell clones apart by themselves; more bits than the kernel's key has are lost. */
enum { ENOUGH = 16, MOST_WORTH = 256 };

static const struct option options[] = {
    {"file", required_argument, NULL, OPTION_FILE},
    {"hex", required_argument, NULL, OPTION_HEX},
    {"port", required_argument, NULL, OPTION_PORT},
    {"credit", required_argument, NULL, OPTION_CREDIT},
    {"wait", required_argument, NULL, OPTION_WAIT},
    {"watch", optional_argument, NULL, OPTION_WATCH},
    OPTIONS_FOR_ALL,
};

struct wish {
    const char *file, *port;
    char *hex;
    double wait, interval; /* seconds; interval 0: once */
    long credit;           /* bits */
};

static struct seed *given, *gathered;
static int port = -1;

/* ---- One reseed ---- */

/* What is handed in, if anything is. */
static char *read_given(const struct wish *wish, bool port_has_bytes)
{
    if (wish->hex)
        return seed_read_hex(given, wish->hex);
    if (wish->file)
        return seed_read_file(given, wish->file, wish->wait);
    if (port >= 0)
        return wish->interval == 0 || port_has_bytes
                   ? seed_read_port(given, port, wish->port, wish->wait)
                   : NULL;
    return wish->interval == 0 && seed_has_input() ? seed_read_input(given, wish->wait) : NULL;
}

static char *credit_given(const struct wish *wish)
{
    if (wish->credit > 8L * given->length)
        return given->length > 0
                   ? text_of("--credit=%ld is more than %d bytes can be worth", wish->credit,
                             given->length)
                   : text_of("--credit vouches for bytes that are given, and none were");
    given->bits = (int)wish->credit;
    return NULL;
}

static const char *in_words(enum testimony testimony)
{
    return testimony == WITNESS_DRAWS_ANEW
               ? "a process that drew before draws anew"
               : "unchecked, for without getrandom() in the vDSO (Linux 6.11) nothing shows it";
}

/* The line for the log, and what it was worth. */
static int report(const struct reseeded *reseeded, const char *why)
{
    int bits = 8 * given->length + machine_worth(&reseeded->machine);
    bool enough = bits >= 8 * ENOUGH;
    char *of_machine = machine_in_words(&reseeded->machine);

    printf("osrandom reseed: done%s", why);
    if (given->length > 0)
        printf("; %d bytes given, %d bits credited", given->length, given->bits);
    printf("; mixed in, uncredited: %s; %s", of_machine, in_words(reseeded->testimony));
    if (enough)
        printf("; worth up to %d bits", bits < MOST_WORTH ? bits : MOST_WORTH);
    else
        printf("; clones that go on at the same moment may agree: give it bytes of the host's");
    printf("\n");
    free(of_machine);
    return finish("reseed", enough ? BY_GENERATOR_OR_HOST : BY_CLOCKS_ALONE);
}

/* Whoever watches goes on with what the machine has, for a clone must not stay as it is. */
static char *read_and_credit(const struct wish *wish, bool port_has_bytes)
{
    char *problem = read_given(wish, port_has_bytes);

    if (!problem)
        problem = credit_given(wish);
    if (problem && wish->interval > 0) {
        complain("reseed", "%s; going on without", problem);
        free(problem);
        problem = NULL;
        seed_wipe(given);
    }
    return problem;
}

static void answer_host(bool worked)
{
    static const char yes[] = "reseeded\n", no[] = "failed\n";

    if (port >= 0 && write(port, worked ? yes : no, worked ? sizeof(yes) - 1 : sizeof(no) - 1) < 0)
        complain("reseed", "cannot tell the host: %s", strerror(errno));
}

static int reseed_and_report(const struct wish *wish, bool port_has_bytes, const char *why)
{
    struct reseeded reseeded;
    char *problem = read_and_credit(wish, port_has_bytes);
    int status = NOT_RESEEDED;

    if (!problem)
        problem = kernel_reseed(given, gathered, &reseeded);
    if (wish->interval == 0 || port_has_bytes)
        answer_host(!problem);
    if (!problem)
        status = report(&reseeded, why);
    else
        complain("reseed", "%s; not reseeded", problem);
    seed_wipe(given);
    seed_wipe(gathered);
    free(problem);
    return status;
}

/* ---- Watching ---- */

static void tell(const char *what, char *words)
{
    printf("osrandom reseed: %s%s\n", what, words);
    free(words);
    finish("reseed", 0);
}

/* What can be said of the window: it began after there was no sign last, and is over now. */
static void reseed_after(const struct wish *wish, struct signs *signs, char *sign)
{
    double noticed = signs_now();
    char *why = text_of(" after a resume (%s)", sign);

    if (reseed_and_report(wish, signs->port_has_bytes, why) != NOT_RESEEDED) {
        double done = signs_now();

        tell("that was ",
             text_of("%.4f s after it was noticed and, by this machine's clock, at most %.4f s "
                     "after the resume; what was drawn in between may agree with other clones' "
                     "draws",
                     done - noticed, done - signs->quiet));
    }
    signs->quiet = signs_now();
    free(why);
    free(sign);
}

/* Reseeds once at the start, which shows that it may. */
static int watch(const struct wish *wish)
{
    struct signs signs;

    if (reseed_and_report(wish, false, "") == NOT_RESEEDED)
        return NOT_RESEEDED;
    signs_open(&signs, port);
    tell("watching ", signs_in_words(&signs));
    for (;;) {
        char *sign = signs_wait(&signs, wish->interval);

        if (sign)
            reseed_after(wish, &signs, sign);
    }
}

/* ---- The options ---- */

static bool parse_seconds(const char *text, double *seconds)
{
    char *end;

    *seconds = strtod(text, &end);
    return *text && !*end && *seconds >= 0.01 && *seconds <= 86400;
}

static bool parse_bits(const char *text, long *bits)
{
    char *end;

    errno = 0;
    *bits = strtol(text, &end, 10);
    return *text && !*end && !errno && *bits >= 0 && *bits <= 8L * SEED_MOST;
}

/* 0, or the status to end with. */
static int take_option(struct wish *wish, int option, char **argv)
{
    switch (option) {
    case OPTION_FILE:
        wish->file = optarg;
        return 0;
    case OPTION_HEX:
        wish->hex = optarg;
        return 0;
    case OPTION_PORT:
        wish->port = optarg;
        return 0;
    case OPTION_CREDIT:
        return parse_bits(optarg, &wish->credit)
                   ? 0
                   : complain("reseed", "--credit=%s is no number of bits", optarg);
    case OPTION_WAIT:
        return parse_seconds(optarg, &wish->wait)
                   ? 0
                   : complain("reseed", "--wait=%s is no number of seconds from 0.01 to 86400",
                              optarg);
    case OPTION_WATCH:
        wish->interval = 1;
        return !optarg || parse_seconds(optarg, &wish->interval)
                   ? 0
                   : complain("reseed", "--watch=%s is no number of seconds from 0.01 to 86400",
                              optarg);
    default:
        return common_option(option, argv, help);
    }
}

static int check(const struct wish *wish)
{
    if (!!wish->file + !!wish->hex + !!wish->port > 1)
        return complain("reseed", "--file, --hex and --port exclude each other");
    if (wish->interval > 0 && wish->hex)
        return complain("reseed", "--watch needs new bytes each time, and --hex has them once");
    if (wish->interval > 0 && wish->credit > 0)
        return complain("reseed", "--watch credits nothing: it may find itself alone with what "
                                  "the machine has");
    return 0;
}

int reseed_main(int argc, char **argv)
{
    struct wish wish = {0};
    char *problem = NULL;
    int option, status;

    opterr = 0;
    prctl(PR_SET_DUMPABLE, 0); /* neither core dumps nor tracers see a seed */
    while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1) {
        status = take_option(&wish, option, argv);
        if (status != 0 || option == OPTION_HELP || option == OPTION_VERSION)
            return status;
    }
    if (optind < argc)
        return complain("reseed", "%s is one word too many; see 'osrandom reseed --help'",
                        argv[optind]);
    status = check(&wish);
    if (status != 0)
        return status;
    if (wish.wait == 0)
        wish.wait = wish.interval > 0 ? 1 : 5;
    given = seed_new();
    gathered = seed_new();
    if (wish.port && (port = seed_open_port(wish.port, &problem)) < 0)
        return complain("reseed", "%s; not reseeded", problem), NOT_RESEEDED;
    return wish.interval > 0 ? watch(&wish) : reseed_and_report(&wish, false, "");
}
