/*
 * Two OpenSSLs in one process: each call goes to the one that the loader would have bound it to,
 * whoever made it, and whatever lay at the caller's address before.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harmless.h"
#include "move_headers.h"
#include "text.h"

enum { TEXT = 64, PLUGINS = 3 };

/* Programs below build/harmless; the first tree has the newer C library, and its loader. */
struct company {
    char trees[2][16];
    char host[TEXT];
    char how[8];
    char plugins[PLUGINS][TEXT];
};

#define SO "plugin.so"
#define UNDER "underlinked.so"

static struct company companies[] = {
    {{"openssl-4.0", "openssl-3.6"}, "openssl-3.6/host", "keep", {"openssl-4.0/" SO}},
    {{"openssl-4.0", "openssl-3.6"}, "openssl-4.0/host", "keep", {"openssl-3.6/" SO}},
    {{"openssl-4.0", "openssl-1.1.1"}, "openssl-4.0/host", "keep", {"openssl-1.1.1/" SO}},
    {{"openssl-3.0", "openssl-1.1.1"}, "openssl-1.1.1/host", "keep", {"openssl-3.0/" SO}},
    {{"openssl-3.0", "openssl-1.1.1"}, "openssl-3.0/host", "keep", {"openssl-1.1.1/" SO}},
    /* Loaded late, both; and one where another lay. */
    {{"openssl-4.0", "openssl-3.6"}, "host", "keep", {"openssl-3.6/" SO, "openssl-4.0/" SO}},
    {{"openssl-4.0", "openssl-3.6"},
     "host",
     "close",
     {"twins/openssl-4.0.so", "twins/openssl-3.6.so", "twins/openssl-4.0.so"}},
    {{"openssl-3.0", "openssl-1.1.1"}, "host", "keep", {"openssl-1.1.1/" SO, "openssl-3.0/" SO}},
    {{"openssl-3.0", "openssl-1.1.1"},
     "host",
     "close",
     {"twins/openssl-3.0.so", "twins/openssl-1.1.1.so", "twins/openssl-3.0.so"}},
    /* Linked to a library that needs it. */
    {{"openssl-3.0", "openssl-1.1.1"}, "host", "keep", {"openssl-1.1.1/" SO, "openssl-3.0/" UNDER}},
    {{"openssl-3.0", "openssl-1.1.1"}, "host", "keep", {"openssl-3.0/" SO, "openssl-1.1.1/" UNDER}},
    {{"openssl-4.0", "openssl-3.6"}, "host", "keep", {"openssl-3.6/" SO, "openssl-4.0/" UNDER}},
    /* Without symbol versions a reference goes to the first that has the name. */
    {{"openssl-3.0", "openssl-1.1.1"}, "openssl-3.0/host", "keep", {"versionless/" SO}},
    {{"openssl-3.0", "openssl-1.1.1"}, "host", "keep", {"openssl-3.0/" SO, "versionless/" SO}},
    {{"openssl-3.0", "openssl-1.1.1"}, "host", "keep", {"versionless/" SO, "openssl-3.0/" SO}},
    {{"openssl-3.0", "openssl-1.1.1"}, "host", "keep", {"versionless/both.so"}},
    /* RTLD_GLOBAL puts it before the one that the plugin is linked to. */
    {{"openssl-3.0", "openssl-1.1.1"}, "host", "global", {"openssl-3.0/" SO, "versionless/" SO}},
};

enum { COMPANIES = sizeof(companies) / sizeof(companies[0]) };

static const char *program(const char *name)
{
    char file[TEXT + 16];

    snprintf(file, sizeof(file), "harmless/%s", name);
    return built(file);
}

static struct outcome keep_company(const struct company *company, const char *preload,
                                   const char *const *env)
{
    struct tree both = *tree_or_skip(company->trees[0]);
    const char *words[PLUGINS + 3] = {program(company->host), company->how};
    struct command command = {.argv = words, .env = env, .preload = preload, .tree = &both};

    both.libraries =
        text_format("%s:%s", both.libraries, tree_or_skip(company->trees[1])->libraries);
    for (size_t i = 0; i < PLUGINS && *company->plugins[i]; i++)
        words[2 + i] = program(company->plugins[i]);
    return run(&command);
}

/* Lines of the same name become lines of different names: each is about the plugin before it. */
static void number_lines(struct outcome *outcome)
{
    char *all = strdup(""), *rest = outcome->out, *line;
    int plugin = 0;

    while ((line = strsep(&rest, "\n"))) {
        char *longer;

        if (strncmp(line, "plugin=", 7) == 0)
            plugin = atoi(line + 7);
        if (!*line)
            continue;
        longer = text_format("%splugin %d, %s\n", all, plugin, line);
        free(all);
        all = longer;
    }
    free(outcome->out);
    outcome->out = all;
    outcome->out_length = strlen(all);
}

ParameterizedTestParameters(plugins, reach_the_openssl_that_they_are_bound_to)
{
    return cr_make_param_array(struct company, companies, COMPANIES);
}

ParameterizedTest(struct company *company, plugins, reach_the_openssl_that_they_are_bound_to)
{
    struct outcome stock = keep_company(company, NULL, NULL);

    number_lines(&stock);
    leave_out(&stock, "by a tail call"); /* nothing tells it from a call of the plugin's caller */
    for (size_t i = 0; modes[i]; i++) {
        struct outcome shim = keep_company(company, the_shim(), WORDS(modes[i]));
        char what[4 * TEXT];

        number_lines(&shim);
        leave_out(&shim, "by a tail call");
        snprintf(what, sizeof(what), "%s %s %s %s, %s", company->host, company->how,
                 company->plugins[0], company->plugins[1], modes[i]);
        expect_same_lines(what, "a call has gone to the wrong OpenSSL", &stock, &shim);
        outcome_free(&shim);
    }
    outcome_free(&stock);
}

/* A program with a getenv() of its own, as bash has: nothing says that an OpenSSL has come in. */
static struct company unnoticed[] = {
    {{"openssl-4.0", "openssl-3.6"}, "openssl-3.6/host_getenv", "keep", {"openssl-4.0/" SO}},
    {{"openssl-4.0", "openssl-3.6"}, "openssl-4.0/host_getenv", "keep", {"openssl-3.6/" SO}},
    {{"openssl-3.0", "openssl-1.1.1"}, "openssl-1.1.1/host_getenv", "keep", {"openssl-3.0/" SO}},
    {{"openssl-3.0", "openssl-1.1.1"}, "openssl-3.0/host_getenv", "keep", {"openssl-1.1.1/" SO}},
    {{"openssl-4.0", "openssl-3.6"}, "host_getenv", "keep", {"openssl-3.6/" SO, "openssl-4.0/" SO}},
    {{"openssl-3.0", "openssl-1.1.1"},
     "host_getenv",
     "keep",
     {"openssl-1.1.1/" SO, "openssl-3.0/" SO}},
};

ParameterizedTestParameters(plugins, whose_openssl_comes_in_without_a_word_are_covered)
{
    return cr_make_param_array(struct company, unnoticed, sizeof(unnoticed) / sizeof(unnoticed[0]));
}

ParameterizedTest(struct company *company, plugins,
                  whose_openssl_comes_in_without_a_word_are_covered)
{
    struct ledger *ledger = ledger_new();
    struct outcome shim =
        keep_company(company, the_ledger_shim(), WORDS(ledger->env, "PLUGIN_DRAWS=1"));
    int draws = 0;

    cr_expect(shim.exit_code == 0, "%s: exit %d, signal %d: %s", company->host, shim.exit_code,
              shim.signal, shim.err);
    for (char *line = strtok(shim.out, "\n"); line; line = strtok(NULL, "\n"))
        if (strncmp(line, "plugin's BN_rand=", 17) == 0) {
            draws++;
            cr_expect(
                ledger_holds_hex(ledger, line + 17),
                "%s: the OpenSSL of plugin %d draws from its own generator, and nobody is told",
                company->host, draws);
        }
    cr_expect(draws == (*company->plugins[1] ? 2 : 1), "%s: %d draws", company->host, draws);
    outcome_free(&shim);
    ledger_free(ledger);
}

/* A plugin and its OpenSSL whose program headers were moved: their calls are told apart without a
 * file being opened, and without others that are mapped being read where the headers are not. */
static struct company moved[] = {
    {{"openssl-4.0", "openssl-3.6"}, "openssl-4.0/host", "keep", {"openssl-3.6"}},
    {{"openssl-4.0", "openssl-1.1.1"}, "openssl-4.0/host", "keep", {"openssl-1.1.1"}},
    {{"openssl-3.0", "openssl-1.1.1"}, "openssl-1.1.1/host", "keep", {"openssl-3.0"}},
    {{"openssl-3.0", "openssl-1.1.1"}, "openssl-3.0/host", "keep", {"openssl-1.1.1"}},
};

/* Its path; where the plugin lies then, and its OpenSSL. */
static char *move_both(const char *name, const char *directory, bool mapped)
{
    const struct tree *tree = tree_or_skip(name);
    char *from = text_format("harmless/%s/" SO, name), *plugin = text_format("%s/" SO, directory);
    char *libcrypto = text_format("%s%s", directory, strrchr(tree->libcrypto, '/'));

    move_headers(built(from), plugin, mapped);
    move_headers(tree->libcrypto, libcrypto, mapped);
    free(from);
    free(libcrypto);
    return plugin;
}

static void remove_all(const char *directory)
{
    struct outcome outcome = run_words(NULL, NULL, NULL, "rm", "-rf", directory, NULL);

    outcome_free(&outcome);
}

static struct outcome keep_moved(const struct company *company, const char *fence,
                                 const char *preload, const char *mode)
{
    char directory[] = "/tmp/osrandom-plugins-XXXXXX";
    const char *words[] = {program(company->host), company->how, NULL, NULL};
    struct tree both = *tree_or_skip(company->trees[0]);
    const struct command command = {
        .argv = words, .env = WORDS(fence, mode), .preload = preload, .tree = &both};
    struct outcome outcome;

    cr_assert(mkdtemp(directory) != NULL);
    both.libraries = text_format("%s:%s:%s", directory, both.libraries,
                                 tree_or_skip(company->trees[1])->libraries);
    words[2] = move_both(company->plugins[0], directory, strcmp(fence, "HOST_FENCE=cut") != 0);
    outcome = run(&command);
    remove_all(directory);
    number_lines(&outcome);
    leave_out(&outcome, "by a tail call");
    return outcome;
}

ParameterizedTestParameters(plugins, whose_headers_were_moved_reach_theirs_without_a_file)
{
    return cr_make_param_array(struct company, moved, sizeof(moved) / sizeof(moved[0]));
}

ParameterizedTest(struct company *company, plugins,
                  whose_headers_were_moved_reach_theirs_without_a_file)
{
    static const char *const fences[] = {"HOST_FENCE=descriptors", "HOST_FENCE=files",
                                         "HOST_FENCE=cut"};

    for (size_t i = 0; i < 2 * sizeof(fences) / sizeof(fences[0]); i++) {
        const char *fence = fences[i / 2], *mode = modes[i % 2];
        struct outcome stock = keep_moved(company, fence, NULL, mode);
        struct outcome shim = keep_moved(company, fence, the_shim(), mode);
        char what[4 * TEXT];

        snprintf(what, sizeof(what), "%s, a plugin of %s, %s, %s", company->host,
                 company->plugins[0], fence, mode);
        expect_same_lines(what, "a call has opened a file, or has gone to the wrong OpenSSL",
                          &stock, &shim);
        outcome_free(&stock);
        outcome_free(&shim);
    }
}
