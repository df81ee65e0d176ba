/*
 * The one way to complain.
 */
#ifndef OSRANDOM_COMPLAIN_H
#define OSRANDOM_COMPLAIN_H

enum { EXIT_OSRANDOM = 125 }; /* osrandom itself failed, as env(1) has it */

/* One sentence on standard error, "osrandom run: ...", control bytes escaped; answers
 * EXIT_OSRANDOM. */
int complain(const char *subcommand, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
