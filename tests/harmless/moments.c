/*
 * Draws at bad moments: what stock leaves behind is left behind, and what only the shim promises is
 * kept. See tests/probes/moments.c.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harmless.h"
#include "text.h"

static void expect_protocol(const struct way *way, const char *const *env, const char *const *words,
                            const char *least)
{
    struct outcome shim = probe(way, the_shim(), env, "moments", words);
    char *now = outcome_value(&shim, "least protocol");

    cr_expect(
        now && least && strcmp(now, least) == 0,
        "%s, %s: a program that calls %s and then enters a jail has lost the MinProtocol of its "
        "openssl.cnf: %s on stock, %s with the shim",
        described(way), env[1], words[2], least, now);
    free(now);
    outcome_free(&shim);
}

ParameterizedTestParameters(moments, a_draw_before_a_jail_keeps_the_protocols_of_the_configuration)
{
    return linked_ways();
}

ParameterizedTest(struct way *way, moments,
                  a_draw_before_a_jail_keeps_the_protocols_of_the_configuration)
{
    static const char *const calls[] = {"RAND_bytes", "RAND_poll", "RAND_status", "BN_rand"};
    char directory[] = "/tmp/osrandom-jail-XXXXXX";
    char *path = file_with("openssl_conf = all\n[all]\nssl_conf = tls\n[tls]\nsystem_default = "
                           "least\n[least]\nMinProtocol = TLSv1.3\n");
    char *named = text_format("OPENSSL_CONF=%s", path);

    cr_assert(mkdtemp(directory));
    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
        const char *const *words = WORDS("jail", directory, calls[i]);
        struct outcome stock = probe(way, NULL, WORDS(named), "moments", words);
        char *least;

        skip_if_it_cannot_run(&stock);
        least = outcome_value(&stock, "least protocol");
        if (version_of(way) >= 0x30000)
            cr_expect(least && atoi(least) == 0x304, "%s: stock no longer reads its configuration",
                      described(way));
        for (size_t mode = 0; modes[mode]; mode++) {
            expect_protocol(way, WORDS(named, modes[mode]), words, least);
        }
        free(least);
        outcome_free(&stock);
    }
    unlink(path);
    rmdir(directory);
    free(named);
    free(path);
}

ParameterizedTestParameters(moments, draws_after_the_end_of_openssl_are_served)
{
    return all_ways();
}

/* Stock's answers are undefined there: 3.0 crashes where it was used before. */
ParameterizedTest(struct way *way, moments, draws_after_the_end_of_openssl_are_served)
{
    struct outcome shim = probe(way, the_shim(), NULL, "moments", WORDS("cleanup"));

    expect_clean(way, &shim, "");
    expect_number(way, &shim, "refused", 0);
    expect_number(way, &shim, "served", 3);
    outcome_free(&shim);
}

ParameterizedTestParameters(moments, a_daemon_that_draws_first_in_a_thread_is_as_on_stock)
{
    return linked_ways();
}

ParameterizedTest(struct way *way, moments, a_daemon_that_draws_first_in_a_thread_is_as_on_stock)
{
    static const char *const calls[] = {"RAND_bytes", "RAND_poll"};
    const char *directory = modules_of(tree_of(way));

    if (version_of(way) < 0x30000)
        return;
    for (size_t i = 0; i < 2; i++) {
        const char *words[] = {"daemon", calls[i], NULL};
        struct outcome stock = probe(way, NULL, WORDS(directory), "moments", words);
        struct outcome shim = probe(way, the_shim(), WORDS(directory), "moments", words);

        expect_same_lines(described_with(way, calls[i]), "a daemon is left without SHA-256", &stock,
                          &shim);
        outcome_free(&stock);
        outcome_free(&shim);
    }
}

static void expect_served_in_the_midst(const struct way *way, const char *moment)
{
    struct outcome shim =
        probe(way, the_shim(), WORDS(modules_of(tree_of(way))), "moments", WORDS(moment));
    size_t works = 0;

    expect_clean(way, &shim, "");
    for (char *line = strtok(shim.out, "\n"); line; line = strtok(NULL, "\n"), works++) {
        long ended = -1, rounds = 0, served = 0, refused = 1;
        const char *figures = strchr(line, '=');

        if (figures)
            sscanf(figures, "=ended %ld of %ld, served %ld, refused %ld", &ended, &rounds, &served,
                   &refused);
        cr_expect(ended == rounds && served == rounds && refused == 0,
                  "%s, %s: a first draw hangs, or is not the system's, in the midst of %s",
                  described(way), moment, line);
    }
    cr_expect(works >= 3, "%s: %zu kinds of work", described(way), works);
    outcome_free(&shim);
}

ParameterizedTestParameters(moments, signal_handlers_get_their_first_draw_whatever_they_interrupt)
{
    return linked_ways();
}

/* Stock hangs there: the handler's thread holds the locks that it waits for. */
ParameterizedTest(struct way *way, moments,
                  signal_handlers_get_their_first_draw_whatever_they_interrupt)
{
    expect_served_in_the_midst(way, "handler");
}

ParameterizedTestParameters(moments, children_get_their_first_draw_whatever_the_fork_interrupted)
{
    return linked_ways();
}

/* Stock hangs there too: a thread that the child does not have holds the locks. */
ParameterizedTest(struct way *way, moments,
                  children_get_their_first_draw_whatever_the_fork_interrupted)
{
    expect_served_in_the_midst(way, "forked");
}
