/*
 * Programs that come by OpenSSL so that the shim does not see it, or start others without it. What
 * is not covered is named in preload/README.md; when such a test fails because it is, that is
 * to be mended.
 */
#include <stdlib.h>

#include "surroundings.h"
#include "tree_or_skip.h"

static struct played play_space(const char *program, const char *how)
{
    const struct scene scene = {.words = WORDS(program, how, OURS("module.so"))};

    return play(&scene);
}

static void expect_covered(struct played *played)
{
    expect_end(played, "");
    expect_value(played, "shim", "1");
    expect_ours(played, WORDS("key", "bytes", "later key"));
    played_free(played);
}

static void expect_uncovered(struct played *played, const char *shim)
{
    expect_end(played, "");
    expect_value(played, "shim", shim);
    expect_not_ours(played, WORDS("key", "bytes", "later key"));
    expect_value(played, "served", "0");
    played_free(played);
}

Test(spaces, of_a_program_that_loads_openssl_late_are_covered)
{
    struct played played = play_space(OURS("spaces"), "late");

    expect_covered(&played);
}

Test(spaces, of_dlmopen_are_not_covered_and_not_harmed)
{
    struct played played = play_space(OURS("spaces"), "apart");

    expect_uncovered(&played, "1");
}

Test(spaces, of_deep_binding_are_not_covered_and_not_harmed)
{
    struct played played = play_space(OURS("spaces"), "deep");

    expect_uncovered(&played, "1");
}

/* Debian's 3.0 draws through names that the shim defines, so its first key is covered too. */
Test(spaces, of_a_program_with_its_own_getenv_are_covered)
{
    struct played played;

    if (openssl_is_symbolic())
        cr_skip_test("this system's OpenSSL is linked with -Bsymbolic; see the next test");
    played = play_space(OURS("spaces_getenv"), "late");
    expect_covered(&played);
}

/* Debian's 3.6 does not: there the program's first RAND_bytes() is the moment. */
Test(spaces, of_a_program_with_its_own_getenv_are_covered_from_the_first_direct_draw_on)
{
    struct scene scene = {.tree = tree_or_skip("openssl-3.6")};
    struct played played;

    scene.words = WORDS(OURS("spaces_getenv"), "late", OURS("module-3.6.so"));
    played = play(&scene);
    expect_end(&played, "");
    expect_not_ours(&played, WORDS("key"));
    expect_ours(&played, WORDS("bytes", "later key"));
    played_free(&played);
}

Test(spaces, of_a_program_started_with_an_empty_environment_have_no_shim)
{
    struct played played = play_space(OURS("spaces"), "empty");

    expect_uncovered(&played, "0");
}

Test(spaces, of_a_program_started_with_an_empty_environment_are_reached_by_the_systems_preset)
{
    const struct scene scene = {.words = WORDS("unshare", "--mount", "tests/surroundings/under",
                                               "preset", the_shim(), OURS("spaces"), "late",
                                               OURS("module.so")),
                                .by_hand = true};
    struct played played;

    need_mounts();
    played = play(&scene);
    expect_end(&played, "");
    expect_value(&played, "shim", "1");
    expect_value(&played, "served", "3");
    played_free(&played);
}
