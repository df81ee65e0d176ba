/*
 * Leak checkers are as quiet about a program's exit as they are on stock. They run on the host's C
 * library, so with those OpenSSLs only that it can serve.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ways.h"

enum { VERDICT = 9, TEXT = 128 };

struct quiet_case {
    char tree[16];
    char program[TEXT]; /* below BUILD_DIR; "" for the tree's own openssl command */
    char words[3][16];
};

/* Programs of 3.0 take longest under valgrind. */
static struct quiet_case cases[] = {
    {"openssl-3.0", "probes/openssl-3.0/draws", {""}},
    {"openssl-3.0", "probes/openssl-3.0/handshake", {""}},
    {"openssl-3.0", "probes/openssl-3.0/memory", {"early"}},
    {"openssl-3.0", "", {"rand", "-hex", "32"}},
    {"openssl-1.1.1", "probes/openssl-1.1.1/draws", {""}},
    {"openssl-1.1.1", "probes/openssl-1.1.1/memory", {"early"}},
    {"openssl-1.1.1", "probes/openssl-1.1.1/swap", {"method"}},
    {"openssl-1.1.1", "", {"rand", "-hex", "32"}},
};

/* The tree's OpenSSL alone, for the C library is this system's; NULL if that is too old for it. */
static const char *libraries_of(const struct quiet_case *quiet)
{
    char path[TEXT];

    snprintf(path, sizeof(path), BUILD_DIR "/quiet/%s/lib", quiet->tree);
    return access(path, R_OK) == 0 ? realpath(path, NULL) : NULL;
}

static const struct tree *tree_of_case(const struct quiet_case *quiet)
{
    struct way way = {.how = LINKED};

    memcpy(way.tree, quiet->tree, sizeof(way.tree));
    if (!libraries_of(quiet))
        cr_skip_test("%s was linked to a later C library than this system's", quiet->tree);
    return tree_of(&way);
}

static struct outcome run_case(const struct quiet_case *quiet, const char *preload,
                               const char *setting, const char *const *checker)
{
    const struct tree *tree = tree_of_case(quiet);
    const char *argv[16] = {NULL};
    const char *env[] = {"OSRANDOM_LOG=quiet", NULL, setting, NULL};
    struct command command = {.argv = argv, .env = env, .preload = preload};
    char libraries[1024];
    size_t count = 0;

    snprintf(libraries, sizeof(libraries), "LD_LIBRARY_PATH=%s", libraries_of(quiet));
    env[1] = libraries;
    for (; checker && *checker; checker++)
        argv[count++] = *checker;
    argv[count++] = *quiet->program ? built(quiet->program) : tree->openssl;
    for (size_t i = 0; i < 3 && *quiet->words[i]; i++)
        argv[count++] = quiet->words[i];
    return run(&command);
}

static struct outcome under_valgrind(const struct quiet_case *quiet, const char *preload)
{
    return run_case(quiet, preload, NULL,
                    WORDS("valgrind", "-q", "--error-exitcode=9", "--leak-check=full",
                          "--show-leak-kinds=definite,indirect",
                          "--errors-for-leak-kinds=definite,indirect"));
}

static void need_valgrind(void)
{
    struct outcome version = run_words(NULL, NULL, NULL, "valgrind", "--version", NULL);

    if (version.exit_code != 0)
        cr_skip_test("valgrind is not installed");
    outcome_free(&version);
}

ParameterizedTestParameters(quiet, valgrind_says_no_more_than_on_stock)
{
    return cr_make_param_array(struct quiet_case, cases, sizeof(cases) / sizeof(cases[0]));
}

/* Stock is run only if there is something to compare, for that takes seconds. */
ParameterizedTest(struct quiet_case *quiet, quiet, valgrind_says_no_more_than_on_stock)
{
    struct outcome shim, stock;

    need_valgrind();
    shim = under_valgrind(quiet, the_shim());
    if (shim.exit_code == 0 && *shim.err == '\0') {
        outcome_free(&shim);
        return;
    }
    stock = under_valgrind(quiet, NULL);
    cr_expect(shim.exit_code == stock.exit_code,
              "%s of %s ends with %d on stock, and under the shim with %d: %s",
              *quiet->program ? quiet->program : "openssl", quiet->tree, stock.exit_code,
              shim.exit_code, shim.err);
    outcome_free(&stock);
    outcome_free(&shim);
}

static struct quiet_case only_draws_3_0 = {"openssl-3.0", "quiet/openssl-3.0/only_draws", {""}};
static struct quiet_case own_method_3_0 = {"openssl-3.0", "quiet/openssl-3.0/only_draws", {"own"}};

/*
 * OpenSSL 3.0 loses 64 bytes at exit in a program that draws by any method but its own, and never
 * uses the default library context: ossl_rand_cleanup_int() then writes into the context that was
 * never made. Under the shim the first draw has woken it.
 */
Test(quiet, the_bytes_that_3_0_loses_with_another_method_are_not_lost)
{
    struct outcome stock, shim;

    need_valgrind();
    stock = under_valgrind(&own_method_3_0, NULL);
    shim = under_valgrind(&only_draws_3_0, the_shim());
    cr_expect(stock.exit_code == VERDICT, "stock no longer loses them: %d", stock.exit_code);
    cr_expect(shim.exit_code == 0, "the shim loses them: %d, %s", shim.exit_code, shim.err);
    outcome_free(&stock);
    outcome_free(&shim);
}

static void expect_no_leak(const struct quiet_case *quiet, const char *preload, const char *setting)
{
    struct outcome outcome = run_case(quiet, preload, setting, NULL);

    cr_expect(outcome.exit_code == 0 && *outcome.err == '\0', "%s, LD_PRELOAD=%s: exit %d, %s",
              quiet->tree, preload ? preload : "", outcome.exit_code, outcome.err);
    outcome_free(&outcome);
}

static struct quiet_case asan_cases[] = {
    {"openssl-3.0", "quiet/openssl-3.0/asan_draws", {""}},
    {"openssl-1.1.1", "quiet/openssl-1.1.1/asan_draws", {""}},
};

ParameterizedTestParameters(quiet, sanitizers_find_no_leak_and_no_bad_access)
{
    return cr_make_param_array(struct quiet_case, asan_cases, 2);
}

/* The sanitizer's runtime wants to be first; a service's environment may put the shim there. */
ParameterizedTest(struct quiet_case *quiet, quiet, sanitizers_find_no_leak_and_no_bad_access)
{
    struct outcome runtime =
        run_words(NULL, NULL, NULL, "gcc", "-print-file-name=libasan.so", NULL);
    char path[256], preload[1024];

    runtime.out[strcspn(runtime.out, "\n")] = '\0';
    snprintf(path, sizeof(path), "%s/%s", BUILD_DIR, quiet->program);
    if (access(path, X_OK) != 0 || access(runtime.out, R_OK) != 0)
        cr_skip_test("gcc has no AddressSanitizer here");
    snprintf(preload, sizeof(preload), "%s %s", runtime.out, the_shim());
    outcome_free(&runtime);
    expect_no_leak(quiet, NULL, "ASAN_OPTIONS=detect_leaks=1");
    expect_no_leak(quiet, preload, "ASAN_OPTIONS=detect_leaks=1");
    expect_no_leak(quiet, the_shim(), "ASAN_OPTIONS=verify_asan_link_order=0");
}
