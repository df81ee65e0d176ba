/*
 * A process that uses no OpenSSL: what it does, says and sees is the same with the shim and
 * without.
 */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "load.h"

static const char *const environment[] = {"PATH=/usr/bin:/bin", "LC_ALL=C", NULL};

/* Settings that make a process with OpenSSL say something. */
static const char *const loud[] = {"PATH=/usr/bin:/bin", "LC_ALL=C", "OSRANDOM_LOG=info",
                                   "OSRANDOM_MODE=nonsense", NULL};

static struct outcome run_quiet(const char *shim, const char *const *env, const char *const *argv)
{
    static const char input[] = "pear\napple\nquince\n";
    struct command command = {.argv = argv,
                              .env = env,
                              .preload = shim,
                              .input = input,
                              .input_length = sizeof(input) - 1};

    return run(&command);
}

static void expect_no_difference(const char *const *env, const char *const *argv)
{
    struct outcome stock = run_quiet(NULL, env, argv);
    struct outcome ours = run_quiet(the_shim(), env, argv);

    cr_expect(stock.exit_code != 127 && !stock.timed_out, "%s itself does not run: %s", argv[0],
              stock.err);
    expect_same(&stock, &ours, argv[0]);
    outcome_free(&stock);
    outcome_free(&ours);
}

#define EXPECT_NO_DIFFERENCE(env, ...)                                                             \
    expect_no_difference(env, (const char *const[]){__VA_ARGS__, NULL})

Test(quiet, true_and_false_end_as_ever)
{
    EXPECT_NO_DIFFERENCE(environment, "/bin/true");
    EXPECT_NO_DIFFERENCE(environment, "/bin/false");
}

Test(quiet, everyday_tools_say_what_they_ever_said)
{
    EXPECT_NO_DIFFERENCE(environment, "ls", "-l", "/usr");
    EXPECT_NO_DIFFERENCE(environment, "sort", "-r");
    EXPECT_NO_DIFFERENCE(environment, "cat", "/no/such/file");
    EXPECT_NO_DIFFERENCE(environment, "sed", "-n", "s/p/b/p");
    EXPECT_NO_DIFFERENCE(environment, "env", "-u", "LD_PRELOAD");
}

/* bash defines getenv() itself. */
Test(quiet, shells_and_their_children_end_as_ever)
{
    EXPECT_NO_DIFFERENCE(
        environment, "bash", "-c",
        "export A=1; echo $A; (exit 4); echo $?; env | grep ^A=; cat | sort; exit 3");
    EXPECT_NO_DIFFERENCE(environment, "sh", "-c", "ls /no/such/file; kill -TERM $$");
}

Test(quiet, nothing_is_printed_whatever_the_settings)
{
    EXPECT_NO_DIFFERENCE(loud, "/bin/true");
    EXPECT_NO_DIFFERENCE(loud, "bash", "-c", "echo out; echo err >&2; exit 3");
}

Test(quiet, a_process_sees_no_file_descriptor_thread_or_signal_more)
{
    EXPECT_NO_DIFFERENCE(environment, load_file("glibc/self"));
    EXPECT_NO_DIFFERENCE(loud, load_file("glibc/self"));
}
