/*
 * `make uninstall` leaves the module where openssl.cnf loads it: without it, programs would get no
 * random bytes. Of the places where that file may be, a system has some only.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "provider.h"

Test(install, a_module_that_openssl_cnf_loads_is_not_taken_away)
{
    char prefix[] = "/tmp/osrandom-prefix-XXXXXX", script[PATH_LENGTH], module[256];
    struct configuration configuration;
    struct outcome outcome;
    char *lines;

    cr_assert(mkdtemp(prefix));
    snprintf(module, sizeof(module), "%s/lib/osrandom/osrandom.so", prefix);
    lines = example("osrandom-3.0.cnf", module);
    configuration = configuration_of(lines);
    snprintf(
        script, sizeof(script),
        "mkdir -p %s/lib/osrandom && : >%s && unset MAKEFLAGS MFLAGS MAKELEVEL && "
        "make --no-print-directory uninstall DESTDIR= PREFIX=%s OPENSSL_CNF='%s/none %s %s/none'",
        prefix, module, prefix, prefix, configuration.path, prefix);
    outcome = run_words(NULL, NULL, NULL, "sh", "-c", script, NULL);
    cr_expect(outcome.exit_code == 2 && strstr(outcome.err, "openssl.cnf loads the module"),
              "exit %d: %s", outcome.exit_code, outcome.err);
    cr_expect(access(module, F_OK) == 0, "it is gone, and every program's random bytes with it");
    outcome_free(&outcome);
    outcome = run_words(NULL, NULL, NULL, "rm", "-r", prefix, NULL);
    outcome_free(&outcome);
    configuration_free(&configuration);
    free(lines);
}
