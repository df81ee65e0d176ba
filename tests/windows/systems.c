/*
 * platform/ on the systems whose source is getentropy(). None of them is at hand: that it compiles
 * for them, with the names that their headers declare (tests/windows/systems/), and then calls what
 * they have and nothing else, is all that is shown here.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/parameterized.h>

#include "windows.h"

struct system {
    char name[16];
    char target[32];
    char error_function[16]; /* where errno lies */
};

static struct system systems[] = {
    {"macos", "x86_64-apple-macosx10.12", "__error"},
    {"macos", "arm64-apple-macosx11", "__error"},
    {"freebsd", "x86_64-unknown-freebsd12", "__error"},
    {"openbsd", "x86_64-unknown-openbsd", "__errno"},
    {"netbsd", "x86_64-unknown-netbsd", "__errno"},
};

static struct criterion_test_params all_systems(void)
{
    return cr_make_param_array(struct system, systems, sizeof(systems) / sizeof(systems[0]));
}

/* The assembly of a file, compiled as the shim's are. */
static struct outcome compiled(const struct system *system, const char *file)
{
    char target[64], headers[64];
    struct outcome outcome;

    snprintf(target, sizeof(target), "--target=%s", system->target);
    snprintf(headers, sizeof(headers), "tests/windows/systems/%s", system->name);
    outcome = run_words(NULL, NULL, NULL, "clang", target, "-nostdlibinc", "-isystem", headers,
                        "-std=gnu11", "-ffreestanding", "-O2", "-Wall", "-Wextra", "-Werror",
                        "-Iplatform", "-S", "-o", "-", file, NULL);
    if (strstr(outcome.err, "cannot run clang"))
        cr_skip_test("clang is missing: apt-get install clang");
    cr_expect(outcome.exit_code == 0, "%s does not compile for %s:\n%s", file, system->target,
              outcome.err);
    return outcome;
}

/* The functions that are called by name: "call" and "jmp" or "bl" and "b". */
static bool calls(const struct outcome *assembly, const char *function)
{
    static const char *const ways[] = {"callq\t", "jmp\t", "call\t", "bl\t", "b\t"};
    char line[64];

    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        for (const char *prefix = ""; prefix; prefix = *prefix ? NULL : "_") {
            snprintf(line, sizeof(line), "%s%s%s", ways[i], prefix, function);
            if (strstr(assembly->out, line))
                return true;
        }
    }
    return false;
}

ParameterizedTestParameters(systems, getentropy_is_called_with_the_names_that_the_system_has)
{
    return all_systems();
}

ParameterizedTest(struct system *system, systems,
                  getentropy_is_called_with_the_names_that_the_system_has)
{
    struct outcome assembly = compiled(system, "platform/getentropy.c");

    cr_expect(calls(&assembly, "getentropy"), "%s: getentropy() is not called:\n%s", system->target,
              assembly.out);
    cr_expect(calls(&assembly, system->error_function), "%s: errno is not kept:\n%s",
              system->target, assembly.out);
    cr_expect(!strstr(assembly.out, "__errno_location"), "%s: glibc's errno is asked for",
              system->target);
    outcome_free(&assembly);
}

ParameterizedTestParameters(systems, getentropy_is_the_source_there)
{
    return all_systems();
}

ParameterizedTest(struct system *system, systems, getentropy_is_the_source_there)
{
    struct outcome assembly = compiled(system, "platform/random.c");

    cr_expect(strstr(assembly.out, "getentropy_source") && !strstr(assembly.out, "linux_"),
              "%s: the order of the sources is another system's", system->target);
    outcome_free(&assembly);
}
