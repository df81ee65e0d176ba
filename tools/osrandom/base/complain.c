/*
 * See complain.h.
 */
#include "complain.h"

#include <stdarg.h>
#include <stdio.h>

#include "printable.h"

int complain(const char *subcommand, const char *format, ...)
{
    char sentence[4096], safe[4 * sizeof(sentence)];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(sentence, sizeof(sentence), format, arguments);
    va_end(arguments);
    printable_into(safe, sizeof(safe), sentence);
    fflush(stdout);
    fprintf(stderr, "osrandom%s%s: %s\n", *subcommand ? " " : "", subcommand, safe);
    return EXIT_OSRANDOM;
}
