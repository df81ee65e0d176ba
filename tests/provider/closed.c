/*
 * What becomes of a program's draws by what openssl.cnf says, in which order, and by whether the
 * module is there. The table in preload/README.md says the same.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "provider.h"
#include "text.h"

TestSuite(closed, .fini = remove_readable_module);

enum end { OURS, STOCK, FAILS };

static const char *const ends[] = {"from the system", "OpenSSL's own", "an error"};

static const struct row {
    const char *lines;   /* of the section that "random" names */
    bool random_is_last; /* "random" comes after "providers" */
    bool is_missing;     /* the module */
    enum end at_3_0, since_3_5;
} rows[] = {
    {"random = OSRANDOM", false, false, OURS, OURS},
    {"random = OSRANDOM", true, false, OURS, OURS},
    {"random = OSRANDOM", false, true, FAILS, FAILS},
    {"random = OSRANDOM", true, true, FAILS, FAILS},
    {"random = OSRANDOM\nrandom_provider = osrandom", false, false, FAILS, OURS},
    {"random = OSRANDOM\nrandom_provider = osrandom", true, false, OURS, FAILS},
    {"random = OSRANDOM\nrandom_provider = osrandom", false, true, FAILS, FAILS},
    {"random = OSRANDOM\nrandom_provider = osrandom", true, true, FAILS, FAILS},
    {"random = CTR-DRBG\nproperties = provider=osrandom", false, false, OURS, OURS},
    {"random = CTR-DRBG\nproperties = provider=osrandom", false, true, FAILS, FAILS},
    {"random_provider = osrandom", false, false, STOCK, OURS},
    {"random_provider = osrandom", true, false, STOCK, STOCK},
    {"random_provider = osrandom", false, true, STOCK, STOCK},
};

static struct configuration configuration_of_row(const struct row *row)
{
    static const char random[] = "random = random_sect\n", providers[] = "providers = all\n";
    struct configuration configuration;
    char *text = NULL;

    cr_assert(
        asprintf(&text,
                 "openssl_conf = start\n[start]\n%s%s[all]\ndefault = default_sect\n"
                 "osrandom = ours\n[default_sect]\nactivate = 1\n[ours]\nmodule = %s\n"
                 "activate = 1\n[random_sect]\n%s\n",
                 row->random_is_last ? providers : random, row->random_is_last ? random : providers,
                 row->is_missing ? "/nowhere/osrandom.so" : a_readable_module(), row->lines) > 0);
    configuration = configuration_of(text);
    free(text);
    return configuration;
}

static enum end end_of(const struct outcome *outcome, const struct ledger *ledger)
{
    if (outcome->exit_code != 0)
        return FAILS;
    return ledger_holds_hex(ledger, outcome->out) ? OURS : STOCK;
}

/* "random_provider" alone serves in part, which is not called served. */
static void expect_explained(const struct tree *tree, const struct row *row,
                             const struct configuration *configuration, enum end end)
{
    static const char *const told[] = {[OURS] = "has it draw from the provider /",
                                       [STOCK] = "leaves OpenSSL its own generator",
                                       [FAILS] = "its draws fail"};
    bool is_partly = strncmp(row->lines, "random_provider", strlen("random_provider")) == 0;
    const char *env[] = {text_format("LD_LIBRARY_PATH=%s", tree->libraries), configuration->env,
                         NULL};
    struct outcome outcome =
        run_words(NULL, NULL, env, built("osrandom.static"), "explain", tree->openssl, NULL);

    cr_expect(strstr(outcome.out, told[is_partly ? STOCK : end]),
              "%s: of '%s' osrandom explain tells something else: %s", tree->name, row->lines,
              outcome.out);
    outcome_free(&outcome);
}

ParameterizedTestParameters(closed, as_the_table_says)
{
    return trees_with_providers();
}

ParameterizedTest(char *name, closed, as_the_table_says)
{
    const struct tree *tree = tree_or_skip(name);

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct ledger *ledger = ledger_new();
        struct configuration configuration = configuration_of_row(&rows[i]);
        struct outcome outcome =
            openssl(tree, WORDS(ledger->env, configuration.env), WORDS("rand", "-hex", "16"));
        enum end wanted = knows_random_provider(tree) ? rows[i].since_3_5 : rows[i].at_3_0;
        enum end end = end_of(&outcome, ledger);

        cr_expect(end == wanted, "%s: row %zu, draws are %s, not %s: %s%s", name, i, ends[end],
                  ends[wanted], outcome.out, outcome.err);
        expect_explained(tree, &rows[i], &configuration, wanted);
        outcome_free(&outcome);
        configuration_free(&configuration);
        ledger_free(ledger);
    }
}

/* As `cat EXAMPLE >>openssl.cnf` makes it. */
static struct configuration appended(const char *file, const char *which, const char *module)
{
    struct outcome before = run_words(NULL, NULL, NULL, "cat", file, NULL);
    struct configuration configuration;
    char *lines = example(which, module), *text = NULL;

    cr_assert(before.exit_code == 0, "%s", before.err);
    cr_assert(asprintf(&text, "%s%s", before.out, lines) > 0);
    configuration = configuration_of(text);
    outcome_free(&before);
    free(lines);
    free(text);
    return configuration;
}

static void expect_end(const struct tree *tree, const char *file, const char *which,
                       const char *module, enum end wanted)
{
    struct ledger *ledger = ledger_new();
    struct configuration configuration = appended(file, which, module);
    struct outcome drawn =
        openssl(tree, WORDS(ledger->env, configuration.env), WORDS("rand", "-hex", "16"));
    struct outcome key = openssl(tree, WORDS(ledger->env, configuration.env),
                                 WORDS("genpkey", "-algorithm", "ED25519"));
    enum end end = end_of(&drawn, ledger);

    cr_expect(end == wanted, "%s: with %s after %s draws are %s, not %s: %s", tree->name, which,
              file, ends[end], ends[wanted], drawn.err);
    cr_expect((key.exit_code != 0) == (wanted == FAILS), "%s: with %s after %s, a key: %s",
              tree->name, which, file, key.err);
    outcome_free(&drawn);
    outcome_free(&key);
    configuration_free(&configuration);
    ledger_free(ledger);
}

static void try_layout(const struct tree *tree, const char *file, const char *which)
{
    expect_end(tree, file, which, a_readable_module(), OURS);
    expect_end(tree, file, which, "/nowhere/osrandom.so", FAILS);
}

/* Debian's own openssl.cnf of each release, and one that is laid out as RHEL's is. */
ParameterizedTestParameters(closed, when_an_example_is_appended_to_a_systems_own_file)
{
    return trees_with_providers();
}

ParameterizedTest(char *name, closed, when_an_example_is_appended_to_a_systems_own_file)
{
    const struct tree *tree = tree_or_skip(name);
    char debian[PATH_LENGTH];

    snprintf(debian, sizeof(debian), "%s/etc/ssl/openssl.cnf", tree->root);
    try_layout(tree, debian, "osrandom-3.0.cnf");
    try_layout(tree, "tests/provider/rhel.cnf", "osrandom-3.0.cnf");
    if (!knows_random_provider(tree))
        return;
    try_layout(tree, debian, "osrandom-3.5.cnf");
    try_layout(tree, "tests/provider/rhel.cnf", "osrandom-3.5.cnf");
}

static enum end end_with(const struct tree *tree, const char *text, const char *env)
{
    struct ledger *ledger = ledger_new();
    struct configuration configuration = configuration_of(text);
    struct outcome outcome =
        openssl(tree, WORDS(ledger->env, configuration.env, env), WORDS("rand", "-hex", "16"));
    enum end end = end_of(&outcome, ledger);

    outcome_free(&outcome);
    configuration_free(&configuration);
    ledger_free(ledger);
    return end;
}

/* Why the lines are appended, and not included. */
ParameterizedTestParameters(closed, unless_a_file_that_is_gone_was_included)
{
    return trees_with_providers();
}

ParameterizedTest(char *name, closed, unless_a_file_that_is_gone_was_included)
{
    const struct tree *tree = tree_or_skip(name);

    cr_expect(end_with(tree,
                       "openssl_conf = openssl_init\n[openssl_init]\n"
                       ".include /nowhere/osrandom-3.0.cnf\n",
                       "OSRANDOM_LOG=warn") == STOCK,
              "%s: OpenSSL no longer passes over a file that is gone", name);
}

/* Where a FIPS provider is all that may be used, ours is not. */
ParameterizedTestParameters(closed, to_programs_that_ask_for_fips_only)
{
    return trees_with_providers();
}

ParameterizedTest(char *name, closed, to_programs_that_ask_for_fips_only)
{
    const struct tree *tree = tree_or_skip(name);
    char *lines = example("osrandom-3.0.cnf", a_readable_module()), *text = NULL;

    cr_assert(asprintf(&text,
                       "openssl_conf = openssl_init\n%s[openssl_init]\nalg_section = algorithms\n"
                       "[algorithms]\ndefault_properties = fips=yes\n",
                       lines) > 0);
    cr_expect(end_with(tree, text, "OSRANDOM_LOG=warn") == FAILS,
              "%s: a generator that is not of the FIPS provider serves where only that may", name);
    free(lines);
    free(text);
}

/* One openssl.cnf for programs of several architectures: the line "module" is left out. */
ParameterizedTestParameters(closed, not_where_openssl_finds_the_module_by_its_name)
{
    return trees_with_providers();
}

ParameterizedTest(char *name, closed, not_where_openssl_finds_the_module_by_its_name)
{
    const struct tree *tree = tree_or_skip(name);
    char *lines = example("osrandom-3.0.cnf", "MODULE"), *line = strstr(lines, "module = MODULE");
    char *text = NULL, *directory = NULL;

    cr_assert(line);
    *line = '#';
    cr_assert(asprintf(&text, "openssl_conf = openssl_init\n%s", lines) > 0);
    cr_assert(asprintf(&directory, "OPENSSL_MODULES=%s", built("ledger/engines")) > 0);
    cr_expect(end_with(tree, text, directory) == OURS, "%s: MODULESDIR is not looked into", name);
    cr_expect(end_with(tree, text, "OPENSSL_MODULES=/nowhere") == FAILS,
              "%s: without the module, something else serves", name);
    free(lines);
    free(text);
    free(directory);
}
