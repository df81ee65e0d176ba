/*
 * Checkpoints of OpenSSLs that nobody can be linked to, by CRIU 4.2: copies inside a program or a
 * module that export nothing, and FIPS providers. Those that are pinned draw from the kernel; the
 * others go by the process's number, which a restored process has in common with the first, and are
 * made to notice by memory that CRIU does not restore.
 */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "criu.h"
#include "sides.h"

TestSuite(criu_hidden, .timeout = 300);

enum { DROPPABLE = 8 /* MAP_DROPPABLE of linux/mman.h */, TREES = 4 };

static struct criterion_test_params trees_from(size_t first)
{
    static char names[TREES][16];

    for (size_t i = first; i < TREES; i++)
        snprintf(names[i - first], sizeof(names[0]), "%s", repeating_trees[i]);
    return cr_make_param_array(char[16], names, TREES - first);
}

static const struct tree *begin_with(const char *criu)
{
    const struct tree *tree = need_tree(criu);

    criu_begin();
    return tree;
}

static const struct tree *begin(void)
{
    return begin_with("criu-4.2");
}

/* Without it the shim does not promise that a restore is noticed: preload/guard.h. */
static void need_droppable_memory(void)
{
    void *memory = mmap(NULL, 4096, PROT_READ, DROPPABLE | MAP_ANONYMOUS, -1, 0);

    if (memory == MAP_FAILED)
        cr_skip_test("this kernel has no memory that CRIU leaves out: Linux 6.11 has");
    munmap(memory, 4096);
}

/* ---- Copies that export nothing ---- */

static struct outcome start_copy(const char *openssl, const char *name, const char *preload,
                                 const char *setting)
{
    const struct tree *tree = need_tree(openssl);
    const char *env[] = {setting, NULL};
    char file[64], path[256];
    struct outcome outcome;

    snprintf(file, sizeof(file), "hidden/%s/%s", openssl, name);
    snprintf(path, sizeof(path), "%s/%s", BUILD_DIR, file);
    if (access(path, F_OK) != 0)
        cr_skip_test(
            "there is no %s: make tests with OSRANDOM_TEST_ALL=1 makes it, where the linker "
            "is of binutils 2.38 or later",
            path);
    outcome = strstr(name, ".so")
                  ? run_words(preload, tree, env, built("programs/late"), built(file),
                              criu_directory(), NULL)
                  : run_words(preload, NULL, env, built(file), criu_directory(), NULL);
    cr_assert(outcome.exit_code == 0, "%s ended with %d: %s", file, outcome.exit_code, outcome.err);
    return outcome;
}

static struct outcome restores_of(struct outcome start, const struct tree *criu)
{
    struct outcome outcome = criu_restores(&start, criu);

    outcome_free(&start);
    return outcome;
}

/* On stock all are alike; otherwise the test would prove nothing. */
static void expect_stock_repeats(const char *openssl, const char *name, const struct tree *criu)
{
    struct outcome stock = restores_of(start_copy(openssl, name, NULL, NULL), criu);
    char what[96];

    snprintf(what, sizeof(what), "%s in %s, stock", openssl, name);
    expect_repeats(&stock, RESTORES, what);
    outcome_free(&stock);
}

/* said: what the shim tells the operator of it. */
static struct outcome restores_under_the_shim(const char *openssl, const char *name,
                                              const char *setting, const char *said,
                                              const struct tree *criu)
{
    struct outcome start = start_copy(openssl, name, the_shim(), setting);
    struct outcome shim = restores_of(start, criu), messages = criu_messages();

    cr_expect(strstr(messages.out, said), "%s in %s: the operator reads '%s', not '%s'", openssl,
              name, messages.out, said);
    outcome_free(&messages);
    return shim;
}

static void expect_nothing_shared(const char *openssl, const char *name, const char *setting,
                                  const char *said)
{
    const struct tree *criu = begin();
    struct outcome shim;
    char what[128];

    expect_stock_repeats(openssl, name, criu);
    shim = restores_under_the_shim(openssl, name, setting, said, criu);
    snprintf(what, sizeof(what), "%s in %s, the shim with %s", openssl, name, setting);
    expect_differs(&shim, 2 * RESTORES, what);
    outcome_free(&shim);
}

ParameterizedTestParameters(criu_hidden, a_program_with_symbols_shares_nothing)
{
    return trees_from(0);
}

ParameterizedTest(char openssl[16], criu_hidden, a_program_with_symbols_shares_nothing)
{
    expect_nothing_shared(openssl, "checkpoint", "OSRANDOM_LOG=info", "draws from the operating");
}

ParameterizedTestParameters(criu_hidden, a_module_with_symbols_shares_nothing)
{
    return trees_from(0);
}

ParameterizedTest(char openssl[16], criu_hidden, a_module_with_symbols_shares_nothing)
{
    expect_nothing_shared(openssl, "checkpoint.so", "OSRANDOM_LOG=info",
                          "draws from the operating");
}

ParameterizedTestParameters(criu_hidden, a_module_without_symbols_shares_nothing)
{
    return trees_from(0);
}

ParameterizedTest(char openssl[16], criu_hidden, a_module_without_symbols_shares_nothing)
{
    need_droppable_memory();
    expect_nothing_shared(openssl, "stripped-checkpoint.so", "OSRANDOM_LOG=warn",
                          "made to notice forks");
}

ParameterizedTestParameters(criu_hidden, a_module_with_symbols_shares_nothing_in_mode_reseed)
{
    return trees_from(0);
}

ParameterizedTest(char openssl[16], criu_hidden,
                  a_module_with_symbols_shares_nothing_in_mode_reseed)
{
    need_droppable_memory();
    expect_nothing_shared(openssl, "checkpoint.so", "OSRANDOM_MODE=reseed", "");
}

/* The README names this limit. */
ParameterizedTestParameters(criu_hidden, a_program_without_symbols_is_left_alone_and_named)
{
    return trees_from(0);
}

ParameterizedTest(char openssl[16], criu_hidden, a_program_without_symbols_is_left_alone_and_named)
{
    const struct tree *criu = begin();
    struct outcome shim = restores_under_the_shim(openssl, "stripped-checkpoint",
                                                  "OSRANDOM_LOG=warn", "is not covered", criu);

    expect_repeats(&shim, RESTORES, "a program without symbols, the shim");
    outcome_free(&shim);
}

/* Nor can this one be helped: earlier CRIUs restore that memory as they found it. */
Test(criu_hidden, a_module_without_symbols_repeats_with_criu_4_1)
{
    const struct tree *criu = begin_with("criu-4.1");
    struct outcome shim =
        restores_under_the_shim(repeating_trees[0], "stripped-checkpoint.so", "OSRANDOM_LOG=warn",
                                "made to notice forks", criu);

    expect_repeats(&shim, RESTORES, "a module without symbols, the shim, criu-4.1");
    outcome_free(&shim);
}

/* ---- FIPS providers, which are there from 3.5 on ---- */

static struct outcome start_fips(const char *openssl, const char *preload, const char *setting)
{
    const struct tree *tree = need_tree(openssl);
    struct outcome made = run_words(NULL, NULL, NULL, "tests/support/fips_config", tree->loader,
                                    tree->libraries, tree->openssl, criu_directory(), NULL);
    char file[64], configuration[128], modules[512], *provider;
    const char *env[] = {configuration, modules, setting, NULL};
    struct outcome outcome;

    cr_assert(made.exit_code == 0, "no configuration for FIPS: %s", made.err);
    snprintf(configuration, sizeof(configuration), "OPENSSL_CONF=%.*s",
             (int)strcspn(made.out, "\n"), made.out);
    snprintf(modules, sizeof(modules), "OPENSSL_MODULES=%s/ossl-modules", tree->libraries);
    snprintf(file, sizeof(file), "duplication/%s/checkpoint", openssl);
    outcome = run_words(preload, tree, env, built(file), criu_directory(), NULL);
    outcome_free(&made);
    cr_assert(outcome.exit_code == 0, "%s ended with %d: %s", file, outcome.exit_code, outcome.err);
    provider = outcome_value(&outcome, "provider");
    cr_assert_str_eq(provider, "fips", "its keys are not the FIPS provider's");
    free(provider);
    return outcome;
}

ParameterizedTestParameters(criu_hidden, a_fips_provider_shares_nothing)
{
    return trees_from(1);
}

ParameterizedTest(char openssl[16], criu_hidden, a_fips_provider_shares_nothing)
{
    static const char *const settings[] = {"OSRANDOM_MODE=activate", "OSRANDOM_MODE=reseed"};
    const struct tree *criu = begin();
    struct outcome outcome;

    need_droppable_memory();
    outcome = restores_of(start_fips(openssl, NULL, NULL), criu);
    expect_repeats(&outcome, RESTORES, "FIPS provider, stock");
    outcome_free(&outcome);
    for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
        outcome = restores_of(start_fips(openssl, the_shim(), settings[i]), criu);
        expect_differs(&outcome, 2 * RESTORES, settings[i]);
        outcome_free(&outcome);
    }
}
