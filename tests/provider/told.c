/*
 * What osrandom explain tells of a configuration, and what becomes of the draws with it. Where it
 * says that it cannot tell, anything may.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "provider.h"
#include "text.h"

TestSuite(told, .fini = remove_readable_module);

#define SERVES "has it draw from the provider /"
#define LEAVES "leaves OpenSSL its own generator"
#define FAILS "draws fail"
#define CANNOT_TELL "cannot be told"
#define SILENT NULL

/* %s is the module. */
#define PROVIDERS                                                                                  \
    "[all]\ndefault = default_sect\nosrandom = ours\n[default_sect]\nactivate = 1\n"               \
    "[ours]\nmodule = %s\nactivate = 1\n"
#define START "openssl_conf = start\n"
#define LISTS "[start]\nrandom = random_sect\nproviders = all\n"
#define RANDOM "[random_sect]\nrandom = OSRANDOM\n"

static const struct row {
    const char *text, *told;
    const char *module; /* NULL: the one that is there */
} rows[] = {
    {START LISTS PROVIDERS RANDOM, SERVES, NULL},
    {START LISTS PROVIDERS RANDOM, FAILS, "/nowhere/osrandom.so"},
    {START LISTS PROVIDERS RANDOM, FAILS, "osrandom.so"}, /* not in MODULESDIR */
    {START LISTS PROVIDERS RANDOM, FAILS, "/etc/passwd"},
    {START LISTS PROVIDERS "[random_sect]\nrandom = osrandom\n", SERVES, NULL},
    /* the optional property: something else serves where the module is missing */
    {START LISTS PROVIDERS "[random_sect]\nproperties = ?provider=osrandom\n", SERVES, NULL},
    {START LISTS PROVIDERS "[random_sect]\nproperties = ?provider=osrandom\n", LEAVES,
     "/nowhere/osrandom.so"},
    {START LISTS PROVIDERS "[random_sect]\nproperties = provider = osrandom\n", SERVES, NULL},
    /* nothing leads there */
    {LISTS PROVIDERS RANDOM, LEAVES, NULL},
    {"openssl_conf = another\n" LISTS PROVIDERS RANDOM, LEAVES, NULL},
    {START "[start]\nproviders = all\n" PROVIDERS RANDOM, LEAVES, NULL},
    {START "[start]\nrandom = random_sect\n" PROVIDERS RANDOM, FAILS, NULL},
    {START LISTS "[all]\ndefault = default_sect\nosrandom = ours\n[default_sect]\nactivate = 1\n"
                 "[ours]\nmodule = %s\n" RANDOM,
     FAILS, NULL},
    {START LISTS PROVIDERS "[random_sect]\nrandom = CTR-DRBG\n", LEAVES, NULL},
    {START "[start]\nproviders = all\n[all]\nosrandom = ours\ndefault = default_sect\n"
           "[default_sect]\nactivate = 1\n[ours]\nmodule = %s\nactivate = 1\n",
     CANNOT_TELL, NULL},
    /* comments, blanks, quotes, variables, lines that go on, and a name that is set twice */
    {START LISTS PROVIDERS "#[random_sect]\n[ random_sect ] \n\trandom=\"OSRANDOM\" # ours\r\n",
     SERVES, NULL},
    {START LISTS PROVIDERS "[random_sect]\n#random = OSRANDOM\n", LEAVES, NULL},
    {START LISTS PROVIDERS "[random_sect]\n# a comment goes on \\\nrandom = OSRANDOM\n", LEAVES,
     NULL},
    {START LISTS PROVIDERS "[random_sect]\nran\\\ndom = \\\nOSRANDOM\n", SERVES, NULL},
    {"name = OSRANDOM\n" START LISTS PROVIDERS "[random_sect]\nrandom = $name\n", SERVES, NULL},
    {START LISTS PROVIDERS "[o]\na=OS\n[random_sect]\nrandom = ${o::a}R'AND'OM\n", SERVES, NULL},
    {START LISTS PROVIDERS RANDOM "random = CTR-DRBG\n", LEAVES, NULL},
    {START LISTS PROVIDERS "random_sect::random = OSRANDOM\n", SERVES, NULL},
    {START LISTS PROVIDERS RANDOM "[start]\nrandom = elsewhere\n[elsewhere]\nrandom = CTR-DRBG\n",
     LEAVES, NULL},
    /* one line that is wrong, and nothing of it holds */
    {START LISTS PROVIDERS RANDOM "a line\n", CANNOT_TELL, NULL},
    {START LISTS PROVIDERS RANDOM "a = $nothing\n", CANNOT_TELL, NULL},
    {START LISTS PROVIDERS RANDOM "[unfinished\n", CANNOT_TELL, NULL},
    {START LISTS PROVIDERS RANDOM "a = $ENV::NOTHING_OF_THE_KIND\n", CANNOT_TELL, NULL},
    /* what stands beside */
    {START
     "[start]\nalg_section = algorithms\nrandom = random_sect\nproviders = all\n[algorithms]\n"
     "default_properties = fips=yes\n" PROVIDERS RANDOM,
     CANNOT_TELL, NULL},
    {START "[start]\nnonsense = x\nrandom = random_sect\nproviders = all\n" PROVIDERS RANDOM,
     CANNOT_TELL, NULL},
    {START "[start]\nssl_conf = s\nrandom = random_sect\nproviders = all\n[s]\nsystem_default = d\n"
           "[d]\nMinProtocol = TLSv1.2\n" PROVIDERS RANDOM,
     SERVES, NULL},
    {START "[start]\nssl_conf = nowhere\nrandom = random_sect\nproviders = all\n" PROVIDERS RANDOM,
     CANNOT_TELL, NULL},
    {START LISTS PROVIDERS RANDOM "seed = SEED-SRC\n", CANNOT_TELL, NULL},
    {START LISTS PROVIDERS "activate = 0\n" RANDOM, CANNOT_TELL, NULL},
    /* OpenSSL's alone */
    {START
     "[start]\nproviders = all\n[all]\ndefault = default_sect\n[default_sect]\nactivate = 1\n",
     SILENT, NULL},
    {"a line\n", SILENT, NULL},
};

static struct configuration configuration_of_row(const struct row *row)
{
    const char *place = strstr(row->text, "%s");
    char *text = NULL;
    struct configuration configuration;

    cr_assert(asprintf(&text, "%.*s%s%s", place ? (int)(place - row->text) : 0, row->text,
                       place ? row->module ? row->module : a_readable_module() : "",
                       place ? place + 2 : row->text) > 0);
    configuration = configuration_of(text);
    free(text);
    return configuration;
}

static struct outcome explained(const struct tree *tree, const char *env)
{
    const char *environment[] = {text_format("LD_LIBRARY_PATH=%s", tree->libraries), env, NULL};

    return run_words(NULL, NULL, environment, built("osrandom.static"), "explain", tree->openssl,
                     NULL);
}

/* What is told, and that it is so. */
static void expect_told(const struct tree *tree, const struct configuration *configuration,
                        const char *told, const char *what)
{
    struct ledger *ledger = ledger_new();
    struct outcome said = explained(tree, configuration->env);
    struct outcome drawn =
        openssl(tree, WORDS(ledger->env, configuration->env, "OSRANDOM_LOG=quiet"),
                WORDS("rand", "-hex", "16"));
    bool fails = drawn.exit_code != 0, ours = !fails && ledger_holds_hex(ledger, drawn.out);

    if (told)
        cr_expect(strstr(said.out, told), "%s, %s: '%s' is not told: %s", tree->name, what, told,
                  said.out);
    else
        cr_expect(!strstr(said.out, "the provider"), "%s, %s: %s", tree->name, what, said.out);
    if (!told || strcmp(told, LEAVES) == 0)
        cr_expect(!fails && !ours, "%s, %s: OpenSSL's own does not serve: %s", tree->name, what,
                  drawn.err);
    else if (strcmp(told, SERVES) == 0)
        cr_expect(ours, "%s, %s: the provider does not serve: %s%s", tree->name, what, drawn.out,
                  drawn.err);
    else if (strcmp(told, FAILS) == 0)
        cr_expect(fails, "%s, %s: draws do not fail", tree->name, what);
    outcome_free(&said);
    outcome_free(&drawn);
    ledger_free(ledger);
}

ParameterizedTestParameters(told, what_is_told_of_a_configuration_is_what_happens)
{
    return trees_with_providers();
}

ParameterizedTest(char *name, told, what_is_told_of_a_configuration_is_what_happens)
{
    const struct tree *tree = tree_or_skip(name);

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct configuration configuration = configuration_of_row(&rows[i]);

        expect_told(tree, &configuration, rows[i].told, text_format("row %zu", i));
        configuration_free(&configuration);
    }
}

/* ---- Includes ---- */

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    cr_assert(file && fputs(text, file) >= 0 && fclose(file) == 0, "%s", path);
}

/* A directory with the rest of the configuration in the file "osrandom.cnf". */
static const char *directory_with_lines(char *place)
{
    char *text = NULL;

    cr_assert(mkdtemp(place) && chmod(place, 0755) == 0);
    cr_assert(asprintf(&text, LISTS PROVIDERS RANDOM, a_readable_module()) > 0);
    write_file(text_format("%s/osrandom.cnf", place), text);
    free(text);
    return place;
}

ParameterizedTestParameters(told, includes_are_followed_as_openssl_does)
{
    return trees_with_providers();
}

ParameterizedTest(char *name, told, includes_are_followed_as_openssl_does)
{
    static const struct {
        const char *lines, *told;
    } ways[] = {
        {".include %s/osrandom.cnf\n", SERVES},
        {".include = %s/osrandom.cnf\n", SERVES},
        {".include=%s\n", SERVES},
        {".include %s\n[random_sect]\nrandom = CTR-DRBG\n", LEAVES},
        {".include %s/osrandom.cnf\nrandom = CTR-DRBG\n", LEAVES}, /* still in [random_sect] */
        {"[start]\n.include %s/missing.cnf\n# osrandom\n", LEAVES},
        {"place = %s\n.include $place/osrandom.cnf\n", SERVES},
        {".include osrandom.cnf\n# not %s\n", CANNOT_TELL},
    };
    const struct tree *tree = tree_or_skip(name);
    char place[] = "/tmp/osrandom-include-XXXXXX";
    struct outcome removed;

    directory_with_lines(place);
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        struct configuration configuration;
        char *lines = NULL, *text = NULL;
        const char *at = strstr(ways[i].lines, "%s");

        cr_assert(asprintf(&lines, "%.*s%s%s", (int)(at - ways[i].lines), ways[i].lines, place,
                           at + 2) > 0);
        cr_assert(asprintf(&text, START "%s", lines) > 0);
        configuration = configuration_of(text);
        expect_told(tree, &configuration, ways[i].told, text_format("way %zu", i));
        configuration_free(&configuration);
        free(lines);
        free(text);
    }
    removed = run_words(NULL, NULL, NULL, "rm", "-r", place, NULL);
    outcome_free(&removed);
}

/* ---- What OpenSSL does not read ---- */

Test(told, the_module_of_an_openssl_without_providers_is_not_told)
{
    const struct tree *tree = tree_or_skip("openssl-1.1.1");
    struct configuration configuration = configuration_of_row(&rows[0]);
    const char *env[] = {text_format("LD_LIBRARY_PATH=%s", tree->libraries), configuration.env,
                         NULL};
    struct outcome said = run_words(NULL, NULL, env, built("osrandom.static"), "explain",
                                    built("probes/openssl-1.1.1/draws"), NULL);

    cr_expect(strstr(said.out, "OpenSSL 1.1.1") && !strstr(said.out, "the provider"),
              "1.1.1 has no providers: %s", said.out);
    outcome_free(&said);
    configuration_free(&configuration);
}

ParameterizedTestParameters(told, a_file_is_read_as_openssl_does)
{
    return trees_with_providers();
}

ParameterizedTest(char *name, told, a_file_is_read_as_openssl_does)
{
    const struct tree *tree = tree_or_skip(name);
    struct outcome outcome = run_words(
        NULL, tree, NULL, built(text_format("provider/%s/reads", name)), "1", "5000", NULL);

    cr_expect(outcome.exit_code == 0, "%s: %s%s", name, outcome.out, outcome.err);
    outcome_free(&outcome);
}
