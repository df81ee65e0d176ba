/*
 * libFuzzer on what reads bytes that it cannot trust. It begins with real files, made by
 * tests/hunt/seeds, and with what its earlier runs have found.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "hunt.h"

TestSuite(fuzz, .timeout = 1200);

enum { GRACE = 120 }; /* seconds, for a corpus to be read */

static const char *made(const char *kind, const char *name)
{
    char path[64];

    snprintf(path, sizeof(path), BUILD_DIR "/hunt/%s", kind);
    mkdir(path, 0755);
    snprintf(path, sizeof(path), BUILD_DIR "/hunt/%s/%s", kind, name);
    mkdir(path, 0755);
    return built(path + sizeof(BUILD_DIR));
}

static void survives(const char *name)
{
    unsigned int seconds = hunt_number("FUZZ_SECONDS", 10, 60);
    char program[64], time_limit[32], prefix[512];
    const char *argv[] = {NULL,
                          time_limit,
                          "-max_len=131072",
                          "-close_fd_mask=2",
                          "-timeout=60",
                          "-print_final_stats=1",
                          prefix,
                          made("corpus", name),
                          made("seeds", name),
                          NULL};
    struct command command = {.argv = argv, .seconds = seconds + GRACE};
    struct outcome outcome;

    snprintf(program, sizeof(program), "hunt/fuzz_%s", name);
    snprintf(time_limit, sizeof(time_limit), "-max_total_time=%u", seconds);
    snprintf(prefix, sizeof(prefix), "-artifact_prefix=%s/", made("found", name));
    argv[0] = hunt_built(program, "clang has no libFuzzer here (package libclang-rt-dev)");
    outcome = run(&command);
    cr_expect(outcome.exit_code == 0, "an input of another's making ends the process: exit %d, %s",
              outcome.exit_code, outcome.err);
    cr_expect(strstr(outcome.err, "stat::number_of_executed_units:"), "nothing ran: %s",
              outcome.err);
    outcome_free(&outcome);
}

Test(fuzz, no_object_makes_a_symbol_look_up_read_outside_it)
{
    survives("elf");
}

Test(fuzz, no_file_makes_a_look_for_its_functions_find_what_is_none)
{
    survives("symbols");
}

Test(fuzz, no_environment_is_misread_or_breaks_a_line)
{
    survives("settings");
}

Test(fuzz, no_file_of_rules_is_misread)
{
    survives("rules");
}

Test(fuzz, no_process_misleads_the_reader_of_its_status)
{
    survives("reader");
}

Test(fuzz, no_process_misleads_the_reader_of_its_provider)
{
    survives("provider");
}
