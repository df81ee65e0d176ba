/*
 * A real kernel without a seed: a guest at its first breath, told to trust neither the processor
 * nor the boot loader, with a program that is the first to want random bytes.
 */
#include <stdlib.h>
#include <string.h>

#include "level.h"
#include "surroundings.h"

static const char *kernel(void)
{
    struct outcome outcome = run_words(NULL, NULL, NULL, "tests/duplication/vm/fetch", NULL);

    if (outcome.exit_code != 0)
        cr_skip_test("no kernel to boot: %s", outcome.err);
    outcome.out[strcspn(outcome.out, "\n")] = '\0';
    return outcome.out;
}

static void need_programs(void)
{
    static const char line[] =
        "command -v qemu-system-x86_64 && command -v busybox && command -v cpio";
    struct outcome found = run_words(NULL, NULL, NULL, "sh", "-c", line, NULL);

    if (found.exit_code != 0)
        cr_skip_test("qemu-system-x86_64, busybox or cpio is not installed");
    outcome_free(&found);
}

/* The line, the kernel's own message that it has its seed, and then bytes; once. */
static void expect_wait(const char *setting)
{
    const struct command command = {
        .argv = WORDS("tests/surroundings/vm/boot", BUILD_DIR, kernel(), setting), .seconds = 150};
    struct outcome outcome = run(&command);
    const char *first = strstr(outcome.out, "run early\n");
    const char *told = first ? strstr(first, "has no seed yet; waiting for it\n") : NULL;
    const char *ready = told ? strstr(told, "crng init done\n") : NULL;
    const char *served = ready ? strstr(ready, "served=3\n") : NULL;
    const char *second = served ? strstr(served, "run later\n") : NULL;

    cr_expect(second != NULL,
              "%s: a program in early boot was not told, did not wait or got nothing: %s%s",
              setting, first ? first : outcome.out, outcome.err);
    cr_expect(second && !strstr(second, "waiting") && strstr(second, "served=3\n"),
              "%s: the second program in the guest: %s", setting, second);
    outcome_free(&outcome);
}

TestSuite(guest, .timeout = 400);

Test(guest, whose_kernel_has_no_seed_has_draws_wait_for_it)
{
    only_from(LEVEL_ALL);
    need_programs();
    expect_wait("OSRANDOM_SOURCE=auto");
    expect_wait("OSRANDOM_SOURCE=urandom");
}
