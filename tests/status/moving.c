/*
 * Processes that do not hold still: they draw, load, unload and end while they are read.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "target.h"

enum { LOOKS = 400, MOST_LOOKS = 1000000, ENDINGS = 40 };

/* The letter of proc(5)'s state, and whether somebody traces it. */
static void expect_untouched(pid_t pid)
{
    char path[32], line[128], state = '?';
    int tracer = 0;
    FILE *file;

    snprintf(path, sizeof(path), "/proc/%d/status", pid);
    file = fopen(path, "re");
    cr_assert(file != NULL);
    while (fgets(line, sizeof(line), file)) {
        sscanf(line, "State: %c", &state);
        sscanf(line, "TracerPid: %d", &tracer);
    }
    fclose(file);
    cr_expect(state != 't' && state != 'T' && tracer == 0, "reading holds the process up: %c, %d",
              state, tracer);
}

ParameterizedTestParameters(moving, draws_at_full_speed_go_on_and_are_all_counted)
{
    return linked_ways();
}

ParameterizedTest(struct way *way, moving, draws_at_full_speed_go_on_and_are_all_counted)
{
    struct target target = target_start(way, the_shim(), NULL);
    struct block status;
    uint64_t draws = 0;

    target_ask(&target, "flood");
    for (int i = 0; i < LOOKS; i++) {
        status = status_of(&target);
        cr_assert(status.draws >= draws, "%s: the draws went back", described(way));
        draws = status.draws;
        if (i % 50 == 0)
            expect_untouched(target.pid);
    }
    cr_expect(draws > 0);
    draws = (uint64_t)target_ask(&target, "calm");
    status = status_of(&target);
    cr_expect(status.draws == draws && status.bytes == 32 * draws,
              "%s: %lu draws were made, %lu are told", described(way), draws, status.draws);
    cr_expect(target_end(&target) == 0);
}

Test(moving, an_openssl_that_is_loaded_and_unloaded_all_the_time_is_read)
{
    static struct way way = {"openssl-3.0", true};
    static struct block status;
    struct target target;
    int reads = 0, pinned = 0, ended = 0;

    tree_of(&way);
    target = target_run(
        NULL, the_shim(), NULL,
        WORDS(built("programs/reload"), built("probes/openssl-3.0/unloadable.so"), "150"));
    for (int i = 0; i < 1000000 && !ended; i++) {
        enum block_result result = block_of_pid(target.pid, &status);

        cr_assert(result == BLOCK_READ || result == BLOCK_NO_SHIM || result == BLOCK_NO_PROCESS,
                  "answer %d", result);
        ended = result == BLOCK_NO_PROCESS;
        if (result != BLOCK_READ)
            continue;
        reads++;
        cr_assert(status.openssl_count <= 2);
        pinned += status.openssl_count > 0 && status.openssl[0].pin == PIN_HELD;
    }
    cr_expect(reads > 10 && pinned > 0, "%d looks, %d of them at a pinned OpenSSL", reads, pinned);
    cr_expect(target_end(&target) == 0, "the target was harmed");
}

Test(moving, processes_that_end_while_they_are_read_are_no_trouble)
{
    static struct block status;
    int seen[BLOCK_FAILED + 1] = {0};

    for (int i = 0; i < ENDINGS; i++) {
        struct target target = target_plain(the_shim());
        enum block_result result;
        int looks = 0;

        do {
            if (looks++ == 1)
                kill(target.pid, SIGKILL);
            result = block_of_pid(target.pid, &status);
            seen[result]++;
        } while (result != BLOCK_NO_PROCESS && looks < 100000);
        target_end(&target);
    }
    cr_expect(seen[BLOCK_NO_PROCESS] == ENDINGS);
    cr_expect(seen[BLOCK_DISTRUSTED] == 0 && seen[BLOCK_NOT_PERMITTED] == 0 &&
              seen[BLOCK_FAILED] == 0 && seen[BLOCK_OTHER_LAYOUT] == 0);
}

Test(moving, programs_that_start_others_are_read_in_between)
{
    static struct block status;
    struct target target = target_run(NULL, the_shim(), NULL,
                                      WORDS("/bin/sh", "-c",
                                            "i=0; while [ $i -lt 60 ]; do (exec /bin/true); "
                                            "i=$((i+1)); done; exec /bin/cat"));
    int seen[BLOCK_FAILED + 1] = {0}, looks = 0;

    /* On a busy machine the looks may all be over before the shell is there. */
    for (int i = 0; i < LOOKS || (i < MOST_LOOKS && seen[BLOCK_READ] == 0); i++, looks++)
        seen[block_of_pid(target.pid, &status)]++;
    cr_expect(seen[BLOCK_READ] > 0);
    cr_expect(seen[BLOCK_READ] + seen[BLOCK_NO_SHIM] == looks, "%d of %d answers: no process",
              seen[BLOCK_NO_PROCESS], looks);
    target_end(&target);
}
