/*
 * The command osrandom: a table of subcommands, nothing else.
 */
#include <stdio.h>
#include <string.h>

#include "command.h"

static const struct subcommand {
    const char *name;
    const char *summary;
    int (*main)(int argc, char **argv);
} subcommands[] = {
    {"run", "starts a program with the shim", run_main},
    {"explain", "tells whether the shim covers a program, without running it", explain_main},
    {"status", "tells which running processes it covers", status_main},
    {"reseed", "has the kernel draw anew, in a machine that was cloned", reseed_main},
    {"oci", "has a container's programs start with it, by the bundle's config.json", oci_main},
#ifndef OSRANDOM_STATIC /* nothing can be preloaded into a static program */
    {"system", "switches it on for the whole machine, and off again", system_main},
    {"bench", "measures what it gains and costs on this machine", bench_main},
#endif
};

enum { SUBCOMMANDS = sizeof(subcommands) / sizeof(subcommands[0]) };

static void print_help(void)
{
    puts("Usage: osrandom SUBCOMMAND [OPTION...] [ARGUMENT...]\n"
         "Has OpenSSL draw its random bytes from the operating system, and tells where it does.\n");
    for (size_t i = 0; i < SUBCOMMANDS; i++)
        printf("  %-9s%s\n", subcommands[i].name, subcommands[i].summary);
    puts("\nosrandom SUBCOMMAND --help tells more, and so does osrandom(8); osrandom --version.\n"
         "Exit status: the subcommand's; 125 if osrandom itself fails.");
}

int main(int argc, char **argv)
{
    const char *word = argc > 1 ? argv[1] : "";

    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
        print_help();
        return finish("", 0);
    }
    if (strcmp(word, "--version") == 0) {
        print_version();
        return finish("", 0);
    }
    for (size_t i = 0; i < SUBCOMMANDS; i++)
        if (strcmp(word, subcommands[i].name) == 0)
            return subcommands[i].main(argc - 1, argv + 1);
    if (argc < 2)
        return complain("", "what shall it do? See 'osrandom --help'");
    return complain("", "'%s' is no subcommand; see 'osrandom --help'", word);
}
