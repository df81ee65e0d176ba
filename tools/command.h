/*
 * What the subcommands of osrandom share: exit statuses, the way to complain, the answers to --help
 * and --version, and where the shim lies.
 */
#ifndef OSRANDOM_COMMAND_H
#define OSRANDOM_COMMAND_H

#include <getopt.h>
#include <stddef.h>

/* As env(1) and the shells have them. */
enum {
    EXIT_OSRANDOM = 125,     /* osrandom itself failed */
    EXIT_CANNOT_START = 126, /* the program is there and could not be started */
    EXIT_NOT_FOUND = 127,
};

/* argv[0] is the subcommand's name; the answer is the exit status. */
int run_main(int argc, char **argv);
int explain_main(int argc, char **argv);
int status_main(int argc, char **argv);

/* What long options without a short form answer from getopt_long(). */
enum { OPTION_HELP = 256, OPTION_VERSION, OPTION_OWN };

/* To be put at the end of each subcommand's options. */
#define OPTIONS_FOR_ALL                                                                            \
    {"help", no_argument, NULL, OPTION_HELP}, {"version", no_argument, NULL, OPTION_VERSION},      \
    {                                                                                              \
        0                                                                                          \
    }

/*
 * Deals with --help, --version and what getopt_long() does not know, all of which end the program:
 * answers the exit status to end with. The option's word is for the complaint.
 */
int common_option(int option, char **argv, const char *help);

/* One sentence on standard error, "osrandom run: ...", control bytes escaped; answers
 * EXIT_OSRANDOM. */
int complain(const char *subcommand, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Standard output up to here is out, or a complaint and EXIT_OSRANDOM instead of the status. */
int finish(const char *subcommand, int status);

void print_version(void);

/* As reader_printable() has it, with malloc(). */
char *printable(const char *text);

/* An array with room for one more element than count; ends the program if there is no memory. */
void *grown(void *array, size_t count, size_t size);

/* printf() into memory that free() takes; ends the program if there is none. */
char *text_of(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The shim beside this program, or in the library directory; NULL if it is in neither. The path is
 * absolute, and static. */
const char *shim_path(void);

#endif
