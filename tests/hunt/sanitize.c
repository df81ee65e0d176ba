/*
 * The unit tests and storms of threads, with the shim built for sanitizers.
 *
 * The shim itself can hold no sanitizer's runtime. Its objects are linked into the programs here,
 * with this host's OpenSSL beside them (suite.mk). What OpenSSL loses by itself is for
 * tests/openssl/quiet.c.
 */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdio.h>
#include <string.h>

#include "hunt.h"

TestSuite(sanitize, .timeout = 600);

#define NO_RUNTIME "clang has no sanitizers here (package libclang-rt-dev)"

struct storm {
    char build[8];
    char program[16];
    char words[3][48]; /* one with a '/' is a file of the build */
    char setting[32];
    char options[64];
};

#define UNLOADABLE_3_0 "probes/openssl-3.0/unloadable.so"
#define UNLOADABLE_1_1 "probes/openssl-1.1.1/unloadable.so"
#define NO_LEAKS "ASAN_OPTIONS=detect_leaks=0"
#define RACES "TSAN_OPTIONS=die_after_fork=0"

/* OSRANDOM_MODE=register is not among them: there the libraries' own code runs, and of several that
 * export the same names one calls the other's, which crashes on stock as well. */
static struct storm storms[] = {
    {"address", "draws", {""}, "", ""},
    {"address", "keys", {""}, "", ""},
    {"address", "handshake", {""}, "", ""},
    {"address", "memory", {"early"}, "", ""},
    {"address", "memory", {"late"}, "", ""},
    {"address", "engine", {""}, "OSRANDOM_MODE=register", ""},
    {"address", "swap", {"method"}, "", NO_LEAKS}, /* 64 bytes, on stock too */
    {"address", "swap", {"method"}, "OSRANDOM_ON_REPLACE=allow", NO_LEAKS},
    {"address", "ending", {""}, "", ""},
    {"address", "sources", {"auto", "signals"}, "", ""},
    {"address", "sources", {"getrandom", "signals"}, "", ""},
    {"address", "sources", {"getentropy", "signals"}, "", ""},
    {"address", "sources", {"urandom", "signals"}, "", ""},
    {"address", "threads", {UNLOADABLE_3_0, UNLOADABLE_1_1}, "", NO_LEAKS},
    {"address", "threads", {UNLOADABLE_3_0, UNLOADABLE_1_1}, "OSRANDOM_ON_REPLACE=allow", NO_LEAKS},
    {"thread", "sources", {"auto"}, "", RACES},
    {"thread", "sources", {"getrandom"}, "", RACES},
    {"thread", "sources", {"getentropy"}, "", RACES},
    {"thread", "sources", {"urandom"}, "", RACES},
    {"thread", "handshake", {""}, "", RACES},
    {"thread", "threads", {UNLOADABLE_3_0, UNLOADABLE_1_1}, "", RACES},
    {"thread", "threads", {UNLOADABLE_3_0, UNLOADABLE_1_1}, "OSRANDOM_ON_REPLACE=allow", RACES},
};

ParameterizedTestParameters(sanitize, storms_of_threads_show_no_race_and_no_bad_access)
{
    return cr_make_param_array(struct storm, storms, sizeof(storms) / sizeof(storms[0]));
}

ParameterizedTest(struct storm *storm, sanitize, storms_of_threads_show_no_race_and_no_bad_access)
{
    const char *env[] = {"OSRANDOM_LOG=quiet", NULL, NULL, NULL};
    const char *argv[5] = {NULL};
    struct command command = {.argv = argv, .env = env, .seconds = 200};
    struct outcome outcome;
    size_t settings = 1;
    char program[64];

    snprintf(program, sizeof(program), "hunt/%s/inside/%s", storm->build, storm->program);
    argv[0] = hunt_built(program, NO_RUNTIME);
    for (size_t i = 0; i < 3 && *storm->words[i]; i++)
        argv[i + 1] = strchr(storm->words[i], '/') ? built(storm->words[i]) : storm->words[i];
    if (*storm->setting)
        env[settings++] = storm->setting;
    if (*storm->options)
        env[settings] = storm->options;
    outcome = run(&command);
    cr_expect(outcome.exit_code == 0 && *outcome.err == '\0', "%s %s %s: exit %d, signal %d, %s%s",
              program, argv[1] ? argv[1] : "", storm->setting, outcome.exit_code, outcome.signal,
              outcome.timed_out ? "hangs " : "", outcome.err);
    outcome_free(&outcome);
}

/* Left out: what asks for the loader's look at the plain shim, and what compares with dlsym(),
 * which knows the sanitizer's names. */
Test(sanitize, the_unit_tests_show_no_bad_access_and_no_undefined_behaviour)
{
    const char *const env[] = {NO_LEAKS, NULL};
    const char *const argv[] = {"env",
                                "-u",
                                "BXFI_MAP", /* or it takes itself for one of this program's tests */
                                hunt_built("hunt/address/tests/unit/run", NO_RUNTIME),
                                "--jobs",
                                "2",
                                "--filter",
                                "!(getenv)/!(every_symbol_of_the_c_library_is_found)",
                                NULL};
    struct command command = {.argv = argv, .env = env, .seconds = 600};
    struct outcome outcome = run(&command);

    cr_expect(outcome.exit_code == 0 && !strstr(outcome.err, "runtime error"),
              "exit %d, signal %d, %s%s", outcome.exit_code, outcome.signal, outcome.out,
              outcome.err);
    cr_expect(strstr(outcome.err, "Passing: "), "no test ran: %s", outcome.err);
    outcome_free(&outcome);
}
