/*
 * Programs that fence themselves in after the start, as daemons and sandboxes do: with each source,
 * draws go on, and what has become the program's own is left alone.
 */
#include <signal.h>

#include "surroundings.h"

static const char *const sources[] = {"OSRANDOM_SOURCE=auto", "OSRANDOM_SOURCE=getrandom",
                                      "OSRANDOM_SOURCE=urandom"};

enum { SOURCES = sizeof(sources) / sizeof(sources[0]) };

static struct played play_fenced(const char *source, const char *fence)
{
    const struct scene scene = {.words = WORDS(OURS("fences"), fence), .setting = source};

    return play(&scene);
}

static void expect_served(const char *source, const char *fence, const char *err)
{
    struct played played = play_fenced(source, fence);

    expect_end(&played, err);
    expect_ours(&played, WORDS("small", "large", "next"));
    expect_value(&played, "served", "3");
    played_free(&played);
}

static void expect_served_by_all(const char *fence)
{
    for (size_t i = 0; i < SOURCES; i++)
        expect_served(sources[i], fence, "");
}

Test(fences, an_empty_root_directory_costs_no_draw)
{
    expect_served_by_all("chroot");
}

Test(fences, a_limit_of_no_descriptors_costs_no_draw)
{
    expect_served_by_all("no-descriptors");
}

Test(fences, a_limit_on_memory_that_is_spent_costs_no_draw)
{
    expect_served_by_all("no-memory");
}

/* The limit is there before anything of OpenSSL or the shim runs, so no memory can be had for the
 * vDSO's states and the counters. The ledger cannot be mapped either: the shim's count vouches. */
Test(fences, a_limit_on_memory_that_is_spent_before_the_start_costs_no_draw)
{
    const struct scene scene = {.words = WORDS(OURS("fences"), "spent"),
                                .setting = "OSRANDOM_LOG=info",
                                .preload = the_shim()};
    struct played played = play(&scene);

    expect_end(&played, "(source getrandom)");
    expect_value(&played, "served", "3");
    played_free(&played);
}

static void expect_left_alone(const char *source)
{
    struct played played = play_fenced(source, "reused");

    expect_end(&played, "");
    expect_ours(&played, WORDS("small", "large", "next"));
    expect_value(&played, "closed", "0");
    expect_value(&played, "read", "0");
    played_free(&played);
}

Test(fences, files_sockets_and_devices_under_reused_numbers_are_left_alone)
{
    for (size_t i = 0; i < SOURCES; i++)
        expect_left_alone(sources[i]);
}

/* Descriptor 2 is a stranger by then, so nothing is said. */
Test(fences, urandom_is_refused_when_its_descriptor_and_the_device_are_gone)
{
    const struct scene scene = {.words = WORDS(OURS("fences"), "reused", "chroot"),
                                .setting = "OSRANDOM_SOURCE=urandom"};
    struct played played = play(&scene);

    expect_end(&played, "");
    expect_value(&played, "small", "refused");
    expect_value(&played, "large", "refused");
    expect_value(&played, "closed", "0");
    expect_value(&played, "read", "0");
    played_free(&played);
}

/* ---- seccomp ---- */

Test(fences, a_filter_that_denies_getrandom_costs_no_draw_and_is_told)
{
    static const char line[] = " does not work (errno 1); the next one serves";

    expect_served(sources[0], "denied", line);
    expect_served(sources[1], "denied", line);
    expect_served(sources[2], "denied", "");
}

/* It kills the program on stock as well, as soon as OpenSSL seeds itself. */
Test(fences, a_filter_that_kills_for_getrandom_kills_as_on_stock)
{
    const struct scene scene = {.words = WORDS(OURS("fences"), "killed"), .by_hand = true};
    struct played stock = play(&scene);
    struct played ours = play_fenced("OSRANDOM_SOURCE=auto", "killed");

    cr_expect(stock.outcome.signal == SIGSYS, "stock lives on, so that this test proves nothing");
    cr_expect(ours.outcome.signal == SIGSYS, "the filter's verdict is not the kernel's: %d, %s",
              ours.outcome.signal, ours.outcome.err);
    played_free(&stock);
    played_free(&ours);
}

/* Stock needs no system call between its seeds. preload/README.md names this limit. */
Test(fences, a_filter_that_kills_for_getrandom_after_the_first_draw_kills_unlike_on_stock)
{
    const struct scene by_hand = {.words = WORDS(OURS("fences"), "drawn", "killed"),
                                  .by_hand = true};
    const struct scene scene = {.words = by_hand.words, .setting = "OSRANDOM_SOURCE=auto"};
    struct played stock = play(&by_hand), ours = play(&scene);

    expect_end(&stock, "");
    cr_expect(ours.outcome.signal == SIGSYS, "two large draws asked for no getrandom: %s",
              ours.outcome.out);
    played_free(&stock);
    played_free(&ours);
}

Test(fences, a_filter_that_kills_for_getrandom_lets_urandom_serve)
{
    expect_served("OSRANDOM_SOURCE=urandom", "killed", "");
}

/* ---- streams ---- */

Test(fences, closed_standard_streams_stay_closed)
{
    static const char line[] = "exec 9>&1 <&- >&- 2>&-; LD_PRELOAD=$0 exec \"$1\" streams";

    for (size_t i = 0; i < SOURCES; i++) {
        const struct scene scene = {.words =
                                        WORDS("sh", "-c", line, the_ledger_shim(), OURS("fences")),
                                    .setting = sources[i],
                                    .other = "OSRANDOM_LOG=info",
                                    .by_hand = true};
        struct played played = play(&scene);

        expect_end(&played, "");
        expect_ours(&played, WORDS("small", "large", "next"));
        expect_value(&played, "taken", "0");
        played_free(&played);
    }
}

/* ---- The other way round: what these tests look for is not there on stock. ---- */

Test(fences, of_stock_bytes_are_not_in_the_ledger)
{
    const struct scene scene = {.words = WORDS(OURS("fences")), .by_hand = true};
    struct played played = play(&scene);

    expect_end(&played, "");
    expect_not_ours(&played, WORDS("small", "large", "next"));
    expect_value(&played, "served", "0");
    played_free(&played);
}
