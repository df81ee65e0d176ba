/*
 * Draws in signal handlers, in threads that come and go or are stopped in the middle, and at the
 * end: nothing hangs, nothing repeats, and nothing is lost but speed.
 */
#include <stdlib.h>
#include <string.h>

#include "level.h"
#include "surroundings.h"

TestSuite(moments, .timeout = 120);

static struct played play_moment(const char *kind, const char *setting)
{
    const struct scene scene = {.words = WORDS(OURS("moments"), kind), .setting = setting};
    struct played played = play(&scene);

    expect_end(&played, "");
    return played;
}

/* The large draw does not fit in the ledger, but is counted there. */
static void expect_storm(const char *setting)
{
    enum { LARGE = 64 << 20, SMALL = 32 };
    struct played played = play_moment("storm", setting);
    char *signals = outcome_value(&played.outcome, "signals");

    expect_at_least(&played, "signals", 100);
    expect_value(&played, "worthless", "0");
    expect_ours(&played, WORDS("handler"));
    cr_expect(signals && played.ledger->file->used == LARGE + strtoul(signals, NULL, 10) * SMALL,
              "%s: %s: not all of 64 MiB and of %s handlers came from the system, but %lu bytes",
              played.what, setting, signals, (unsigned long)played.ledger->file->used);
    free(signals);
    played_free(&played);
}

Test(moments, of_a_signal_storm_during_64_MiB_leave_no_place_unfilled)
{
    expect_storm("OSRANDOM_SOURCE=auto");
    expect_storm("OSRANDOM_SOURCE=urandom");
}

Test(moments, of_ten_thousand_short_threads_leave_nothing_behind)
{
    struct played played = play_moment("threads", NULL);

    expect_value(&played, "draws", "10000");
    expect_value(&played, "worthless", "0");
    expect_value(&played, "grown", "0");
    expect_ours(&played, WORDS("thread"));
    cr_expect(ledger_bytes(played.ledger) == 10000 * sizeof(uint64_t));
    played_free(&played);
}

/* The slots of draws that were left stay taken; when all are, the system call serves. */
Test(moments, of_a_siglongjmp_out_of_draws_cost_speed_and_nothing_else)
{
    struct played played = play_moment("jumps", "OSRANDOM_SOURCE=auto");

    expect_value(&played, "jumps", "2000");
    expect_at_least(&played, "without a slot", 1);
    expect_value(&played, "worthless", "0");
    expect_ours(&played, WORDS("after"));
    played_free(&played);
}

Test(moments, of_a_siglongjmp_out_of_system_calls_cost_nothing)
{
    struct played played = play_moment("jumps", "OSRANDOM_SOURCE=urandom");

    expect_value(&played, "jumps", "2000");
    expect_value(&played, "worthless", "0");
    expect_ours(&played, WORDS("after"));
    played_free(&played);
}

Test(moments, of_a_thread_cancelled_in_a_draw_are_cleaned_up_and_the_others_draw_on)
{
    struct played played = play_moment("cancels", NULL);

    expect_value(&played, "cancelled", "200");
    expect_value(&played, "cleaned", "200");
    expect_value(&played, "worthless", "0");
    expect_ours(&played, WORDS("after"));
    played_free(&played);
}

Test(moments, of_destruction_are_served)
{
    struct played played = play_moment("destructors", NULL);

    expect_ours(&played, WORDS("thread's storage", "program"));
    played_free(&played);
}

/* What tests/README.md says of stock: a lock of the draw that was left is never given back, or a
 * draw finds its generator half changed and fails; and what the exit has freed is used. */
static void expect_bad_end(const char *kind)
{
    const struct scene scene = {
        .words = WORDS(OURS("moments"), kind), .by_hand = true, .seconds = 15};
    struct played stock = play(&scene);

    cr_expect(stock.outcome.timed_out || stock.outcome.signal || stock.outcome.exit_code,
              "stock ends well in %s: tests/README.md is to be mended", stock.what);
    played_free(&stock);
}

Test(moments, hang_fail_or_crash_on_stock)
{
    only_from(LEVEL_ALL);
    expect_bad_end("jumps");
    expect_bad_end("cancels");
    expect_bad_end("destructors");
}

/* The kernel may take the vDSO's states away when memory is short: then they are made anew. */
Test(moments, of_memory_pressure_repeat_no_bytes_and_yield_no_zeros)
{
    const struct scene scene = {.words = WORDS(OURS("pressure"))};
    struct played played = play(&scene);

    expect_end(&played, "");
    expect_value(&played, "at rest", "1");
    expect_at_least(&played, "drops", 100);
    expect_value(&played, "worthless", "0");
    expect_ours(&played, WORDS("before", "after", "in the end"));
    played_free(&played);
}
