/*
 * No call waits for the lock of the loader's list of objects. Whoever forks while another thread is
 * in dl_iterate_phdr(), in dlopen(), or throws an exception on glibc 2.31, has a child in which
 * nobody will ever open that lock.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harmless.h"
#include "level.h"
#include "text.h"

#define FORKED "a child that is forked while another thread holds the loader's lock hangs for ever"
#define MUTEX "a program whose dl_iterate_phdr() callback takes a mutex of its own hangs for ever"

/* The first mode that differs ends it: a child that hangs takes 20 seconds to say so. setting: one
 * more, or NULL. */
static void expect_no_hang_with(const struct way *way, const char *setting, const char *loss,
                                const char *const *words)
{
    struct outcome stock = probe(way, NULL, WORDS(setting), "loader", words);
    bool goes_on = true;

    for (size_t i = 0; modes[i] && goes_on; i++) {
        struct outcome shim = probe(way, the_shim(), WORDS(modes[i], setting), "loader", words);
        char what[160];

        snprintf(what, sizeof(what), "%s, %s %s", described_with(way, modes[i]), words[0],
                 words[1]);
        expect_same_lines(what, loss, &stock, &shim);
        goes_on = strcmp(stock.out, shim.out) == 0;
        outcome_free(&shim);
    }
    cr_expect(!strstr(stock.out, "hung"), "%s: stock hangs:\n%s", described(way), stock.out);
    outcome_free(&stock);
}

static void expect_no_hang(const struct way *way, const char *loss, const char *const *words)
{
    expect_no_hang_with(way, NULL, loss, words);
}

ParameterizedTestParameters(locks, of_the_loader_are_not_waited_for_in_a_forked_child)
{
    return all_ways();
}

ParameterizedTest(struct way *way, locks, of_the_loader_are_not_waited_for_in_a_forked_child)
{
    expect_no_hang(way, FORKED, WORDS("fork", "cold"));
    expect_no_hang(way, FORKED, WORDS("fork", "warm"));
}

ParameterizedTestParameters(locks, of_the_loader_and_of_the_program_are_never_held_crosswise)
{
    return all_ways();
}

ParameterizedTest(struct way *way, locks, of_the_loader_and_of_the_program_are_never_held_crosswise)
{
    expect_no_hang(way, MUTEX, WORDS("mutex", "cold"));
    expect_no_hang(way, MUTEX, WORDS("mutex", "warm"));
}

ParameterizedTestParameters(locks, of_the_loader_are_not_waited_for_beside_dlopen)
{
    return all_ways();
}

/* Another thread is in a constructor of the library that it loads. */
ParameterizedTest(struct way *way, locks, of_the_loader_are_not_waited_for_beside_dlopen)
{
    char *setting = text_format("LOADER_STANDS=%s", built("programs/stands.so"));

    expect_no_hang_with(way, setting, FORKED, WORDS("dlopen", "cold"));
    expect_no_hang_with(way, setting, FORKED, WORDS("dlopen", "warm"));
    free(setting);
}

static struct way beside_boringssl[] = {{"openssl-3.0", LINKED}, {"openssl-4.0", LINKED}};

ParameterizedTestParameters(locks, of_the_loader_are_not_waited_for_beside_a_boringssl)
{
    return cr_make_param_array(struct way, beside_boringssl, 2);
}

/* It takes no method, so the shim asks of every call whose it is. */
ParameterizedTest(struct way *way, locks, of_the_loader_are_not_waited_for_beside_a_boringssl)
{
    char *setting = text_format("LOADER_BESIDE=%s", tree_or_skip("boringssl")->libcrypto);

    expect_no_hang_with(way, setting, FORKED, WORDS("fork", "cold"));
    expect_no_hang_with(way, setting, FORKED, WORDS("fork", "warm"));
    free(setting);
}

/* glibc 2.31 has no _dl_find_object(), and its unwinder walks as well. What has been called before
 * is known, and needs no walk. */
static void expect_no_hang_on_2_31(const char *what)
{
    const struct tree *tree = tree_or_skip("glibc-2.31");
    struct outcome stock =
        run_words(NULL, tree, NULL, built("harmless/glibc-2.31/loader"), what, "warm", NULL);

    for (size_t i = 0; modes[i]; i++) {
        struct outcome shim = run_words(the_shim(), tree, WORDS(modes[i]),
                                        built("harmless/glibc-2.31/loader"), what, "warm", NULL);
        char title[128];

        snprintf(title, sizeof(title), "glibc 2.31, %s, %s", modes[i], what);
        expect_same_lines(title, FORKED, &stock, &shim);
        outcome_free(&shim);
    }
    outcome_free(&stock);
}

Test(locks, of_an_old_loader_are_not_waited_for_by_what_has_been_called_before)
{
    expect_no_hang_on_2_31("fork");
}

Test(locks, of_an_old_loader_are_not_waited_for_beside_exceptions)
{
    only_from(LEVEL_USUAL);
    expect_no_hang_on_2_31("unwind");
}

ParameterizedTestParameters(walks, over_the_objects_end_with_the_first_call)
{
    return all_ways();
}

/* Stock makes none; walks.so is preloaded to count those of the shim. */
ParameterizedTest(struct way *way, walks, over_the_objects_end_with_the_first_call)
{
    char preload[2048];

    snprintf(preload, sizeof(preload), "%s:%s", built("programs/walks.so"), the_shim());
    for (size_t i = 0; modes[i]; i++) {
        struct outcome stock =
            probe(way, built("programs/walks.so"), NULL, "loader", WORDS("walks"));
        struct outcome shim = probe(way, preload, WORDS(modes[i]), "loader", WORDS("walks"));

        expect_same_lines(described_with(way, modes[i]),
                          "a call costs a walk over all objects each time, 1000 times here", &stock,
                          &shim);
        outcome_free(&stock);
        outcome_free(&shim);
    }
}
