/*
 * Other preloaded libraries beside the shim, in front of it and behind: those that interpose the
 * functions that it might have asked, and real ones from Debian's packages.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "surroundings.h"

/* The ledger says that the shim handed the bytes out; that they were not faked shows in a second
 * run: whoever fakes them says the same again. */
static void expect_fresh(const struct scene *scene, const char *const *names)
{
    struct played played = play(scene), again = play(scene);

    expect_end(&played, "");
    expect_ours(&played, names);
    for (; *names; names++) {
        char *value = outcome_value(&played.outcome, *names);

        cr_expect(value && !strstr(again.outcome.out, value), "%s, %s: two runs draw the same %s",
                  scene->preload, played.what, value);
        free(value);
    }
    played_free(&played);
    played_free(&again);
}

static void expect_draws(const char *preload, const char *setting)
{
    const struct scene scene = {
        .words = WORDS(OURS("fences"), "beside"), .setting = setting, .preload = preload};

    expect_fresh(&scene, WORDS("small", "large"));
}

static void expect_late(const char *preload, const char *setting, const char *const *names)
{
    const struct scene scene = {.words = WORDS(OURS("spaces"), "late", OURS("module.so")),
                                .setting = setting,
                                .preload = preload};

    expect_fresh(&scene, names);
}

static void expect_late_draws(const char *preload, const char *setting)
{
    expect_late(preload, setting, WORDS("key", "bytes", "later key"));
}

static void expect_beside(const char *other, const char *setting)
{
    expect_draws(both(other, the_ledger_shim()), setting);
    expect_draws(both(the_ledger_shim(), other), setting);
    expect_late_draws(both(other, the_ledger_shim()), setting);
    expect_late_draws(both(the_ledger_shim(), other), setting);
}

Test(preloads, that_interpose_getrandom_serve_no_byte)
{
    expect_beside(OURS("getrandom.so"), NULL);
    expect_beside(OURS("getrandom.so"), "OSRANDOM_SOURCE=getrandom");
}

/* Only who asks for the C library's getentropy() gets what stands in its place. */
Test(preloads, that_interpose_getentropy_serve_those_who_asked_for_it)
{
    const struct scene scene = {.words = WORDS(OURS("fences"), "beside"),
                                .setting = "OSRANDOM_SOURCE=getentropy",
                                .preload = both(the_ledger_shim(), OURS("getrandom.so"))};
    struct played played = play(&scene);

    expect_end(&played, "");
    expect_value(&played, "small",
                 "4242424242424242424242424242424242424242424242424242424242424242");
    played_free(&played);
}

/* In front of the shim it hides one that is loaded late, until the first draw from outside. */
Test(preloads, that_define_getenv_hide_no_openssl)
{
    const char *before = both(OURS("getenv.so"), the_ledger_shim());
    const char *behind = both(the_ledger_shim(), OURS("getenv.so"));

    expect_draws(before, NULL);
    expect_draws(behind, NULL);
    expect_late(before, NULL,
                openssl_is_symbolic() ? WORDS("bytes", "later key")
                                      : WORDS("key", "bytes", "later key"));
    expect_late_draws(behind, NULL);
}

Test(preloads, that_define_getpid_are_asked)
{
    const char *const orders[] = {both(OURS("getpid.so"), the_shim()),
                                  both(the_shim(), OURS("getpid.so"))};

    for (int i = 0; i < 2; i++) {
        struct outcome outcome = run_words(orders[i], NULL, NULL, OURS("asks_pid"), NULL);

        cr_expect_str_eq(outcome.out, "number=4242\n", "%s", orders[i]);
        outcome_free(&outcome);
    }
    expect_beside(OURS("getpid.so"), NULL);
}

/* OpenSSL then asks the other one, and is told nothing of copies. */
Test(preloads, that_define_getpid_in_front_keep_openssl_from_being_called_guarded)
{
    const char *const env[] = {"OSRANDOM_MODE=reseed", NULL};
    struct outcome front =
        run_words(both(OURS("getpid.so"), the_shim()), NULL, env, OURS("fences"), "beside", NULL);
    struct outcome behind =
        run_words(both(the_shim(), OURS("getpid.so")), NULL, env, OURS("fences"), "beside", NULL);

    cr_expect(strstr(front.err, "cannot be made to notice forks"), "in front: '%s'", front.err);
    cr_expect_str_eq(behind.err, "");
    outcome_free(&front);
    outcome_free(&behind);
}

Test(preloads, that_are_another_copy_of_the_shim_do_not_ask_in_circles)
{
    const char *const words[] = {OURS("asks_pid"), NULL};
    const struct command command = {
        .argv = words, .preload = both(the_shim(), the_ledger_shim()), .seconds = 20};
    struct outcome outcome = run(&command);

    cr_expect(outcome.exit_code == 0 && strncmp(outcome.out, "number=", 7) == 0,
              "getpid() of two copies ask each other for ever: '%s'", outcome.out);
    outcome_free(&outcome);
}

Test(preloads, that_serve_memory_get_their_own_blocks_back)
{
    expect_beside(OURS("malloc.so"), NULL);
}

/* ---- Debian's ---- */

/* The path of a library in the cache; fetched on the first use. */
static const char *debian(const char *name)
{
    struct outcome outcome = run_words(NULL, NULL, NULL, "tests/surroundings/fetch", name, NULL);
    char *path;

    outcome.err[strcspn(outcome.err, "\n")] = '\0';
    if (outcome.exit_code != 0)
        cr_skip_test("%s cannot be fetched: %s", name, outcome.err);
    path = strdup(outcome.out);
    path[strcspn(path, "\n")] = '\0';
    outcome_free(&outcome);
    return path;
}

static const char fake_random[] = "FAKERANDOM_SEED=0x12345678DEADBEEF";

/* What getrandom() of the C library says in a program. */
static void expect_faketime_fakes(const char *library)
{
    static const char *const env[] = {fake_random, NULL};
    struct outcome outcome = run_words(library, NULL, env, OURS("asks_libc"), NULL);
    struct outcome again = run_words(library, NULL, env, OURS("asks_libc"), NULL);

    cr_expect(outcome.exit_code == 0 && *outcome.out && strcmp(outcome.out, again.out) == 0,
              "libfaketime fakes no random bytes here, so that this test proves nothing: %s%s%s",
              outcome.out, again.out, outcome.err);
    outcome_free(&outcome);
    outcome_free(&again);
}

Test(preloads, of_libfaketime_fake_no_byte)
{
    const char *library = debian("libfaketime");
    struct outcome knows =
        run_words(NULL, NULL, NULL, "grep", "-c", "FAKERANDOM_SEED", library, NULL);

    if (knows.exit_code != 0)
        cr_skip_test("this libfaketime is older than 0.9.9 and fakes no random bytes");
    outcome_free(&knows);
    expect_faketime_fakes(library);
    expect_beside(library, fake_random);
}

Test(preloads, of_jemalloc_get_their_own_blocks_back)
{
    expect_beside(debian("libjemalloc2"), NULL);
}

Test(preloads, of_libeatmydata_do_no_harm)
{
    expect_beside(debian("libeatmydata1"), NULL);
}

/* The runtime of the sanitizer demands to be first, unless it is told not to look. */
Test(preloads, of_a_sanitizer_find_nothing)
{
    struct outcome runtime =
        run_words(NULL, NULL, NULL, "gcc", "-print-file-name=libasan.so", NULL);

    runtime.out[strcspn(runtime.out, "\n")] = '\0';
    if (access(runtime.out, R_OK) != 0)
        cr_skip_test("gcc has no AddressSanitizer here");
    expect_draws(both(runtime.out, the_ledger_shim()), "ASAN_OPTIONS=detect_leaks=0");
    expect_draws(both(the_ledger_shim(), runtime.out),
                 "ASAN_OPTIONS=detect_leaks=0:verify_asan_link_order=0");
    expect_late_draws(both(runtime.out, the_ledger_shim()), "ASAN_OPTIONS=detect_leaks=0");
    expect_late_draws(both(the_ledger_shim(), runtime.out),
                      "ASAN_OPTIONS=detect_leaks=0:verify_asan_link_order=0");
    outcome_free(&runtime);
}
