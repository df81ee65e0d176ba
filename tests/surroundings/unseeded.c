/*
 * A kernel whose generator has no seed yet: draws wait for it, and say so once. Here getrandom() is
 * answered as such a kernel does, by seccomp's user notifications; guest.c boots a real one.
 */
#include <errno.h>
#include <linux/random.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>
#include <sys/syscall.h>

#include "fault.h"
#include "surroundings.h"

static _Atomic bool seeded;

/* Held is a call that waits after it was told to come again, for the same bytes. Others wait too,
 * and not for a seed: glibc 2.41 draws for this process from the vDSO, which fetches its key so. */
static long answer_without_seed(const struct seccomp_data *call, unsigned int nth)
{
    static uint64_t wanted;

    (void)nth;
    if (seeded)
        return FAULT_PASS;
    if (!(call->args[2] & GRND_NONBLOCK))
        return call->args[0] == wanted ? FAULT_HOLD : FAULT_PASS;
    wanted = call->args[0];
    return -EAGAIN;
}

/* The seed comes when a draw has begun to wait for it. */
static void *seed(void *unused)
{
    fault_await_held(1);
    seeded = true;
    fault_release();
    return unused;
}

static size_t count_of(const char *text, const char *part)
{
    size_t count = 0;

    for (; (text = strstr(text, part)); text += strlen(part))
        count++;
    return count;
}

Test(unseeded, draws_wait_for_the_seed_and_say_so_once)
{
    static const char line[] = "the kernel's generator has no seed yet; waiting for it";
    const struct scene scene = {.words = WORDS(OURS("fences"), "early"),
                                .setting = "OSRANDOM_SOURCE=getrandom"};
    struct played played;
    pthread_t seeder;

    fault_watch(answer_without_seed, 1, SYS_getrandom);
    cr_assert(pthread_create(&seeder, NULL, seed, NULL) == 0);
    played = play(&scene);
    cr_expect(seeded, "nothing waited for the seed: %s", fault_trace());
    pthread_join(seeder, NULL);
    expect_end(&played, line);
    cr_expect(count_of(played.outcome.err, line) == 1, "told %zu times",
              count_of(played.outcome.err, line));
    expect_ours(&played, WORDS("small", "large"));
    played_free(&played);
}
