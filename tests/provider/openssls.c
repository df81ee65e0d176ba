/*
 * OpenSSL's own tests of random numbers, with the provider as the generator: tests/provider/
 * openssls_tests builds them. What they expect of a generator and ours is not is written down here,
 * and must stay true.
 *
 * Left out of drbgtest are test_rand_reseed and test_rand_prediction_resistance: they write into
 * the memory of a generator as the default provider lays it out.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "level.h"
#include "provider.h"

TestSuite(openssls_tests, .timeout = 300);

static char directory[PATH_LENGTH]; /* where theirs are */

static const struct tree *need_theirs(const char *name)
{
    char path[PATH_LENGTH];
    FILE *file;

    only_from(LEVEL_ALL);
    snprintf(path, sizeof(path), "%s/provider/%s/openssls_tests", BUILD_DIR, name);
    file = fopen(path, "re");
    if (!file || !fgets(directory, sizeof(directory), file))
        cr_skip_test("OpenSSL's tests are not here: tests/provider/openssls_tests %s says why",
                     name);
    fclose(file);
    directory[strcspn(directory, "\n")] = '\0';
    return tree_or_skip(name);
}

/* A file of theirs; the last answers' memory is kept. */
static const char *theirs(const char *name)
{
    char *path = NULL;

    cr_assert(asprintf(&path, "%s/%s", directory, name) > 0);
    return path;
}

/* The line's test has failed, at the top level: its name, up to the line's end. */
static const char *failed_test(const char *line)
{
    const char *name = strncmp(line, "not ok ", 7) == 0 ? strstr(line, " - ") : NULL;

    return name ? name + 3 : NULL;
}

static bool is_line(const char *line, const char *text)
{
    size_t length = strlen(text);

    return strncmp(line, text, length) == 0 && (line[length] == '\n' || line[length] == '\0');
}

static size_t count_passed(const struct outcome *outcome)
{
    size_t passed = 0;

    for (const char *line = outcome->out; *line; line += strcspn(line, "\n"), line += *line != 0)
        passed += strncmp(line, "ok ", 3) == 0;
    return passed;
}

/* so_many tests pass, and one fails that is known to; NULL: none. */
static void expect_passes(const struct outcome *outcome, const struct tree *tree, size_t so_many,
                          const char *known)
{
    bool has_failed = false;

    cr_expect(strstr(outcome->err, "loaded as a provider"), "%s: ours was not loaded: %s",
              tree->name, outcome->err);
    for (const char *line = outcome->out; *line; line += strcspn(line, "\n"), line += *line != 0) {
        const char *name = failed_test(line);

        if (name && known && is_line(name, known))
            has_failed = true;
        else
            cr_expect(!name, "%s: of OpenSSL's own tests fails %s", tree->name, outcome->out);
    }
    cr_expect(count_passed(outcome) >= so_many, "%s: of %zu tests passed %zu: %s%s", tree->name,
              so_many, count_passed(outcome), outcome->out, outcome->err);
    cr_expect(has_failed == (known != NULL), "%s: %s passes now, and is no difference any more",
              tree->name, known);
}

/* Ours says that it was seeded now. drbgtest, which looks at the clock after a draw, fails if a
 * second ends before it asks when that was. */
static bool has_met_the_end_of_a_second(const struct outcome *outcome)
{
    return strstr(outcome->err, "'reseed_time(primary) <= after_reseed' failed");
}

/* One test of a program, by openssl.cnf as an operator has it. */
static void expect_one_passes(const char *name, const char *program, const char *test)
{
    const struct tree *tree = need_theirs(name);
    struct configuration ours = configuration_for(tree, the_module());
    struct outcome outcome = {0};

    for (int i = 0; i == 0 || (i < 5 && has_met_the_end_of_a_second(&outcome)); i++) {
        outcome_free(&outcome);
        outcome = run_words(NULL, tree, WORDS(ours.env, "OSRANDOM_LOG=info"), theirs(program),
                            test ? "-test" : NULL, test, NULL);
    }
    expect_passes(&outcome, tree, 1, NULL);
    outcome_free(&outcome);
    configuration_free(&ours);
}

ParameterizedTestParameters(openssls_tests, of_the_status_pass)
{
    return trees_with_providers();
}

ParameterizedTest(char *name, openssls_tests, of_the_status_pass)
{
    expect_one_passes(name, "rand_status_test", NULL);
}

/* Nine children fork after one another, sixteen times; each has reseeded, and none draws what
 * another draws. */
ParameterizedTestParameters(openssls_tests, of_forks_pass)
{
    return trees_with_providers();
}

ParameterizedTest(char *name, openssls_tests, of_forks_pass)
{
    expect_one_passes(name, "drbgtest", "test_rand_fork_safety");
}

ParameterizedTestParameters(openssls_tests, of_threads_pass)
{
    return trees_with_providers();
}

ParameterizedTest(char *name, openssls_tests, of_threads_pass)
{
    expect_one_passes(name, "drbgtest", "test_multi_thread");
}

ParameterizedTestParameters(openssls_tests, of_random_numbers_pass)
{
    return trees_with_providers();
}

ParameterizedTest(char *name, openssls_tests, of_random_numbers_pass)
{
    expect_one_passes(name, "bntest", "test_rand");
}

/* ---- evp_test with evprand.txt: 961 life cycles of generators ---- */

static const char preferring_ours[] = "openssl_conf = all\n"
                                      "[all]\n"
                                      "providers = two\n"
                                      "alg_section = properties\n"
                                      "[properties]\n"
                                      "default_properties = ?provider=%s\n"
                                      "[two]\n"
                                      "default = active\n"
                                      "osrandom = ours\n"
                                      "[active]\n"
                                      "activate = 1\n"
                                      "[ours]\n"
                                      "module = %s\n"
                                      "activate = 1\n";

static struct outcome run_vectors(const struct tree *tree, const char *provider)
{
    struct configuration configuration;
    struct outcome outcome;
    char *text = NULL;

    cr_assert(asprintf(&text, preferring_ours, provider, the_module()) > 0);
    configuration = configuration_of(text);
    outcome =
        run_words(NULL, tree, WORDS("OPENSSL_CONF=/dev/null", "OSRANDOM_LOG=info"),
                  theirs("evp_test"), "-config", configuration.path, theirs("evprand.txt"), NULL);
    configuration_free(&configuration);
    free(text);
    return outcome;
}

/* Every state, strength, answer and size is as they want it, with entropy and nonces from their
 * TEST-RAND as the parent. Only what is drawn has to differ from the known answers; the default
 * provider, which gives them, fails for that. */
ParameterizedTestParameters(openssls_tests, of_generators_pass_but_for_known_answers)
{
    return trees_with_providers();
}

ParameterizedTest(char *name, openssls_tests, of_generators_pass_but_for_known_answers)
{
    const struct tree *tree = need_theirs(name);
    struct outcome stock = run_vectors(tree, "default"), outcome = run_vectors(tree, "osrandom");

    cr_expect(stock.exit_code == 1 && strstr(stock.err, "'got != item->output'"),
              "%s: this test cannot fail: %s%s", name, stock.out, stock.err);
    expect_passes(&outcome, tree, 1, NULL);
    cr_expect(strstr(outcome.err, "Completed 961 tests with 0 errors"), "%s: %s", name,
              outcome.err);
    outcome_free(&stock);
    outcome_free(&outcome);
}

/* ---- rand_test, which 3.0 has for TEST-RAND only ---- */

/* test_rand asks for TEST-RAND's known answers, and openssl.cnf puts ours in its place. */
ParameterizedTestParameters(openssls_tests, of_the_primary_generator_pass)
{
    return trees_with_providers();
}

ParameterizedTest(char *name, openssls_tests, of_the_primary_generator_pass)
{
    const struct tree *tree = need_theirs(name);
    struct configuration ours;
    struct outcome outcome;

    if (!knows_random_provider(tree))
        cr_skip_test("rand_test of 3.0 is about another generator");
    ours = configuration_for(tree, the_module());
    outcome = run_words(NULL, NULL, WORDS("OPENSSL_CONF=/dev/null", "OSRANDOM_LOG=info"),
                        theirs("rand_test"), ours.path, NULL);
    expect_passes(&outcome, tree, 3, "test_rand");
    outcome_free(&outcome);
    configuration_free(&ours);
}
