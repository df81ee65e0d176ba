/*
 * What the subcommands of osrandom share: exit statuses, the answers to --help and --version,
 * and where the shim lies.
 */
#ifndef OSRANDOM_COMMAND_H
#define OSRANDOM_COMMAND_H

#include <getopt.h>
#include <stddef.h>

#include "base/complain.h"
#include "base/memory.h"

/* As env(1) and the shells have them; EXIT_OSRANDOM is in complain.h. */
enum {
    EXIT_CANNOT_START = 126, /* the program is there and could not be started */
    EXIT_NOT_FOUND = 127,
};

/* argv[0] is the subcommand's name; the answer is the exit status. */
int run_main(int argc, char **argv);
int explain_main(int argc, char **argv);
int status_main(int argc, char **argv);
int system_main(int argc, char **argv);
int oci_main(int argc, char **argv);
int reseed_main(int argc, char **argv);
int bench_main(int argc, char **argv);

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

/* Standard output up to here is out, or a complaint and EXIT_OSRANDOM instead of the status. */
int finish(const char *subcommand, int status);

void print_version(void);

/* As printable_into() of base/printable.h has it, with malloc(). */
char *printable(const char *text);

/* The shim beside this program, in the library directory that belongs to its own, or in the one
 * that it was built for; NULL if it is in none. The path is absolute, and static. */
const char *shim_path(void);

/* The same of the module that OpenSSL loads as a provider. */
const char *module_path(void);

#endif
