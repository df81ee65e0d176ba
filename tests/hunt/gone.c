/*
 * What ThreadSanitizer's storm came upon: an OpenSSL that has been unloaded was still looked at.
 */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>

#include "hunt.h"

TestSuite(gone, .timeout = 60);

static char modes[][24] = {"OSRANDOM_MODE=activate", "OSRANDOM_MODE=register",
                           "OSRANDOM_MODE=builtin"};

ParameterizedTestParameters(gone, an_openssl_that_is_unloaded_takes_no_program_with_it)
{
    return cr_make_param_array(char[24], modes, sizeof(modes) / sizeof(modes[0]));
}

ParameterizedTest(char mode[24], gone, an_openssl_that_is_unloaded_takes_no_program_with_it)
{
    struct outcome outcome =
        run_words(the_shim(), NULL, WORDS(mode, "OSRANDOM_LOG=quiet"), built("hunt/gone"),
                  built("probes/openssl-3.0/unloadable.so"), NULL);

    cr_expect(outcome.exit_code == 0 && *outcome.err == '\0', "%s: exit %d, signal %d after: %s%s",
              mode, outcome.exit_code, outcome.signal, outcome.out, outcome.err);
    outcome_free(&outcome);
}
