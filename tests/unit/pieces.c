/*
 * Large draws, which are made in pieces and by two calls: whatever comes between two pieces, or
 * into the middle of one, no byte is drawn twice and none is left out.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <linux/mman.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "draws.h"
#include "notices.h"
#include "random.h"

TestSuite(pieces, .timeout = 120);

enum { PIECE = 16 << 10, SIZE = 4 * PIECE, ALL = SIZE / sizeof(struct draw), PAGE = 4096 };

/* As the shim has them: in memory that a forked child finds empty. */
static struct random_tally *wiped_tallies(void)
{
    size_t size = RANDOM_STRIPES * sizeof(struct random_tally);
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    cr_assert(memory != MAP_FAILED && madvise(memory, size, MADV_WIPEONFORK) == 0);
    return memory;
}

/* ---- A fork, or a lost state, in the middle of a draw: by a page that cannot be written to. The
 *      vDSO writes into it from user space, so a handler comes at exactly this place. ---- */

static unsigned char *private_buffer, *barred;
static void (*in_the_middle)(void);
static pid_t child = -1;

static void unbar(int signal)
{
    (void)signal;
    mprotect(barred, PAGE, PROT_READ | PROT_WRITE);
    in_the_middle();
}

static void fork_now(void)
{
    child = fork();
}

/* The draw's fourth piece is the vDSO's, after one of its own and two system calls. */
static void draw_barred(struct random_tally *tallies, void (*what)(void))
{
    private_buffer = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    cr_assert(private_buffer != MAP_FAILED);
    start_vdso(tallies);
    barred = private_buffer + 3 * PIECE + PAGE;
    in_the_middle = what;
    signal(SIGSEGV, unbar);
    cr_assert(mprotect(barred, PAGE, PROT_NONE) == 0);
    cr_assert(random_fill(private_buffer, SIZE) == 0);
}

Test(pieces, have_nothing_in_common_with_those_of_a_child_that_is_forked_between_them)
{
    struct draw *draws = draws_new(2 * ALL);

    draw_barred(wiped_tallies(), fork_now);
    memcpy(draws + (child == 0 ? ALL : 0), private_buffer, SIZE);
    if (child == 0)
        _exit(0);
    cr_assert(child > 0, "no handler was called: the vDSO has not drawn this piece");
    cr_assert(waitpid(child, NULL, 0) == child);
    cr_assert(draws_worthless(draws, 2 * ALL) == 0,
              "of %d pieces of 16 bytes, %zu are the child's as well, or zero", ALL,
              draws_worthless(draws, 2 * ALL));
}

static struct random_tally tallies[RANDOM_STRIPES];
static uint64_t counted;

static void count_now(void)
{
    for (size_t i = 0; i < RANDOM_STRIPES; i++)
        counted += tallies[i].bytes;
}

Test(pieces, are_finished_one_by_one_so_that_no_slot_is_held_for_long)
{
    draw_barred(tallies, count_now);
    cr_assert(counted == 3 * PIECE, "%lu bytes are done with where the fourth piece begins",
              (unsigned long)counted);
}

/* What the kernel does under memory pressure. The pool of states is the one mapping of this kind.
 */
static void drop_states(void)
{
    FILE *maps = fopen("/proc/self/smaps", "re");
    char line[256];
    unsigned long start = 0, end = 0, from, to;

    while (maps && fgets(line, sizeof(line), maps)) {
        if (sscanf(line, "%lx-%lx ", &from, &to) == 2) {
            start = from;
            end = to;
        } else if (strncmp(line, "VmFlags:", 8) == 0 && strstr(line, " dp")) {
            madvise((void *)start, end - start, MADV_DONTNEED); // NOLINT(performance-no-int-to-ptr)
            child = 0;
        }
    }
    if (maps)
        fclose(maps);
}

Test(pieces, hold_no_zeros_and_no_repeats_when_the_state_is_dropped)
{
    struct draw *draws = draws_new(ALL);

    draw_barred(NULL, drop_states);
    cr_assert(child == 0, "no state was dropped");
    memcpy(draws, private_buffer, SIZE);
    cr_assert(draws_worthless(draws, ALL) == 0);
}

/* ---- Signals and forks that come when they come ---- */

enum { ROUNDS = 300, MOST_CHILDREN = 500, MICROSECONDS = 300 };

static struct draw buffer[ALL], *all;
static _Atomic size_t *drawn; /* draws in there, in memory that children share */
static volatile sig_atomic_t forked, is_child;

/* A draw that is whole when the fork comes is in both: the last piece tells whether it is. */
static bool is_whole(void)
{
    return buffer[ALL - 1].halves[0] || buffer[ALL - 1].halves[1];
}

static void draw_and_fork(int signal)
{
    unsigned char small[40];
    int error = errno;

    (void)signal;
    random_fill(small, sizeof(small));
    if (!is_child && !is_whole() && forked < MOST_CHILDREN && fork() == 0)
        is_child = 1; /* timers are not inherited: it goes on undisturbed */
    else
        forked = forked + !is_whole();
    errno = error;
}

static void keep(const void *bytes)
{
    size_t place = atomic_fetch_add(drawn, ALL);

    memcpy(all + place, bytes, SIZE);
}

static void draw_in_a_storm(enum random_source source)
{
    const struct itimerval often = {{0, MICROSECONDS}, {0, MICROSECONDS}}, never = {{0, 0}, {0, 0}};
    size_t count;

    all = draws_new((size_t)(ROUNDS + MOST_CHILDREN) * ALL);
    drawn = (void *)draws_new(1);
    cr_assert(random_start(source, wiped_tallies(), keep_notice) == 0);
    if (random_source() != source)
        cr_skip_test("this kernel's vDSO has no getrandom (Linux 6.11)");
    signal(SIGALRM, draw_and_fork);
    signal(SIGCHLD, SIG_IGN);
    setitimer(ITIMER_REAL, &often, NULL);
    for (int i = 0; i < ROUNDS; i++) {
        memset(buffer, 0, SIZE);
        cr_assert(random_fill(buffer, SIZE) == 0);
        keep(buffer);
        if (is_child)
            _exit(0);
    }
    setitimer(ITIMER_REAL, &never, NULL);
    signal(SIGCHLD, SIG_DFL);
    while (waitpid(-1, NULL, 0) > 0)
        continue;
    count = *drawn;
    cr_assert(forked > 10 && count > (ROUNDS + 10) * ALL, "only %d forks came", forked);
    cr_assert(draws_worthless(all, count) == 0, "%zu of %zu are repeats or zeros",
              draws_worthless(all, count), count);
}

Test(pieces, of_the_vdso_hold_no_zeros_and_no_repeats_in_a_storm_of_signals_that_fork)
{
    draw_in_a_storm(RANDOM_VDSO);
}

Test(pieces, of_the_system_call_hold_no_zeros_and_no_repeats_in_a_storm_of_signals_that_fork)
{
    draw_in_a_storm(RANDOM_GETRANDOM);
}
