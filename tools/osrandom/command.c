/*
 * What the subcommands share: see command.h.
 */
#include "command.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/printable.h"

char *printable(const char *text)
{
    size_t room = 4 * strlen(text) + 1;
    char *safe = grown(NULL, room, 1);

    printable_into(safe, room, text);
    return safe;
}

int finish(const char *subcommand, int status)
{
    if (fflush(stdout) != 0 || ferror(stdout))
        return complain(subcommand, "cannot write the answer: %s", strerror(errno));
    return status;
}

void print_version(void)
{
    printf("osrandom %s\n", OSRANDOM_VERSION);
}

int common_option(int option, char **argv, const char *help)
{
    const char *word = optind > 0 ? argv[optind - 1] : "";

    switch (option) {
    case OPTION_HELP:
        fputs(help, stdout);
        return finish(argv[0], 0);
    case OPTION_VERSION:
        print_version();
        return finish(argv[0], 0);
    case ':':
        return complain(argv[0], "%s takes a value; see 'osrandom %s --help'", word, argv[0]);
    default:
        if (optopt > 0 && optopt < OPTION_HELP)
            return complain(argv[0], "there is no option -%c; see 'osrandom %s --help'", optopt,
                            argv[0]);
        return complain(argv[0], "%s is no option of it; see 'osrandom %s --help'", word, argv[0]);
    }
}
