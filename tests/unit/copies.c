/*
 * What a process and its copy draw: forks at any moment, also in the middle of a draw and from a
 * signal handler that interrupted one.
 */
#include <criterion/criterion.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

#include "draws.h"
#include "elf_image.h"
#include "fault.h"
#include "random.h"

TestSuite(copies, .timeout = 120);

static bool fill(struct draw *draws, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (random_fill(&draws[i], sizeof(draws[i])) != 0)
            return false;
    return true;
}

/* A child draws there and ends. */
static void draw_in_child(struct draw *draws, size_t count)
{
    pid_t child = fork();
    int status = -1;

    cr_assert(child >= 0);
    if (child == 0)
        _exit(fill(draws, count) ? 0 : 1);
    cr_assert(fill(draws + count, count));
    cr_assert(waitpid(child, &status, 0) == child && status == 0, "a child's draws failed");
}

enum { KEPT = 100000 }; /* of a thread's draws, the last */
static _Atomic bool stop;

static void *draw_on(void *kept)
{
    struct draw *draws = kept;

    for (size_t i = 0; !stop && fill(&draws[i], 1); i = (i + 1) % KEPT)
        ;
    return NULL;
}

Test(copies, of_a_process_whose_threads_are_drawing_draw_bytes_of_their_own)
{
    enum { FORKS = 200, EACH = 8, ALL = 2 * FORKS * EACH };
    struct draw *draws = draws_new(ALL + KEPT);
    pthread_t thread;

    start_vdso(NULL);
    cr_assert(fill(draws + ALL, KEPT));
    cr_assert(pthread_create(&thread, NULL, draw_on, draws + ALL) == 0);
    for (int i = 0; i < FORKS; i++)
        draw_in_child(draws + 2 * i * EACH, EACH);
    stop = true;
    pthread_join(thread, NULL);
    cr_assert(draws_worthless(draws, ALL + KEPT) == 0,
              "a parent and its child were given the same keys");
}

static long hold_the_first(const struct seccomp_data *call, unsigned int nth)
{
    return call && nth == 0 ? FAULT_HOLD : FAULT_PASS;
}

static void *draw_one(void *draw)
{
    fill(draw, 1);
    return NULL;
}

Test(copies, of_a_process_with_a_draw_under_way_draw_past_its_slot)
{
    enum { EACH = 200 };
    struct draw *draws = draws_new(2 * EACH + 1);
    pthread_t thread;

    start_vdso(NULL);
    fault_watch(hold_the_first, 1, SYS_getrandom);
    cr_assert(pthread_create(&thread, NULL, draw_one, &draws[2 * EACH]) == 0);
    fault_await_held(1);
    draw_in_child(draws, EACH);
    fault_release();
    pthread_join(thread, NULL);
    cr_assert(draws_worthless(draws, 2 * EACH + 1) == 0);
}

Test(copies, of_a_copy_draw_bytes_of_their_own)
{
    enum { EACH = 50 };
    struct draw *draws = draws_new(3 * EACH);
    int status = -1;
    pid_t child;

    start_vdso(NULL);
    cr_assert(fill(draws, 1));
    child = fork();
    if (child == 0) {
        draw_in_child(draws, EACH);
        _exit(0);
    }
    cr_assert(fill(draws + 2 * EACH, EACH));
    cr_assert(waitpid(child, &status, 0) == child && status == 0);
    cr_assert(draws_worthless(draws, 3 * EACH) == 0, "a grandchild was given the same keys");
}

/* ---- Handlers that interrupt a draw. ---- */

static struct draw *of_handler;
static _Atomic size_t by_handler;
static pthread_t interrupted;

static void draw_in_handler(int signal)
{
    if (signal == SIGUSR1 && fill(&of_handler[by_handler], 1))
        by_handler++;
}

static long interrupt_the_first(const struct seccomp_data *call, unsigned int nth)
{
    if (call && nth == 0) {
        pthread_kill(interrupted, SIGUSR1);
        return FAULT_HOLD; /* until the signal breaks it off */
    }
    return FAULT_PASS;
}

Test(copies, of_none_a_handler_draws_in_the_middle_of_a_draw)
{
    struct sigaction action = {.sa_handler = draw_in_handler, .sa_flags = SA_RESTART};
    struct draw *draws = draws_new(3);

    start_vdso(NULL);
    of_handler = draws;
    interrupted = pthread_self();
    cr_assert(sigaction(SIGUSR1, &action, NULL) == 0);
    fault_watch(interrupt_the_first, 1, SYS_getrandom);
    cr_assert(fill(draws + 1, 2));
    cr_assert(by_handler == 1, "the handler did not run");
    cr_assert(draws_worthless(draws, 3) == 0,
              "a handler and the draw that it interrupted were given the same bytes");
}

static struct elf_image vdso;
static volatile pid_t forked = -1;
static volatile bool within_draw;

static void fork_in_handler(int signal, siginfo_t *info, void *context)
{
    const ucontext_t *at = context;
#if defined(__x86_64__)
    const void *code = (const void *)at->uc_mcontext.gregs[REG_RIP];
#elif defined(__i386__)
    const void *code = (const void *)at->uc_mcontext.gregs[REG_EIP];
#else
    const void *code = (const void *)at->uc_mcontext.pc;
#endif

    if (forked >= 0 || !info || signal != SIGALRM || !elf_image_contains(&vdso, code))
        return;
    within_draw = true;
    forked = (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
    fill(&of_handler[forked == 0], 1);
}

enum { LARGE = 512, PER_LARGE = LARGE / sizeof(struct draw) };

/* One draw that is interrupted by a fork, and is finished in both processes: whether they agree on
 * any of it, or of what the handler drew. */
static bool copies_agree(struct draw *record)
{
    struct draw bytes[PER_LARGE];
    int status;

    memset(record, 0, (2 + 2 * PER_LARGE) * sizeof(*record));
    of_handler = record;
    forked = -1;
    within_draw = false;
    while (!within_draw)
        random_fill(bytes, sizeof(bytes));
    memcpy(record + 2 + (forked == 0) * PER_LARGE, bytes, sizeof(bytes));
    if (forked == 0)
        _exit(0);
    cr_assert(waitpid(forked, &status, 0) == forked);
    return draws_worthless(record, 2 + 2 * PER_LARGE) != 0;
}

enum { FORKS = 200, BY_CHANCE = 5 };
static int agreed;

static void fork_within_draws(void)
{
    struct itimerval often = {.it_interval.tv_usec = 150, .it_value.tv_usec = 150};
    struct itimerval never = {.it_value.tv_usec = 0};
    struct draw *record = draws_new(2 + 2 * PER_LARGE);

    cr_assert(setitimer(ITIMER_REAL, &often, NULL) == 0);
    for (int i = 0; i < FORKS; i++)
        agreed += copies_agree(record);
    setitimer(ITIMER_REAL, &never, NULL);
}

/* On a stack whose top is aligned, so that a handler's draw wants the slot of the interrupted one.
 */
static void on_aligned_stack(void (*function)(void))
{
    static _Alignas(64 << 10) char stack[64 << 10];
    ucontext_t here, there;

    cr_assert(getcontext(&there) == 0);
    there.uc_stack.ss_sp = stack;
    there.uc_stack.ss_size = sizeof(stack);
    there.uc_link = &here;
    makecontext(&there, function, 0);
    cr_assert(swapcontext(&here, &there) == 0);
}

Test(copies, that_a_handler_makes_within_a_draw_finish_it_with_bytes_of_their_own)
{
    struct sigaction action = {.sa_sigaction = fork_in_handler,
                               .sa_flags = SA_RESTART | SA_SIGINFO};

    start_vdso(NULL);
    cr_assert(elf_image_read_at(&vdso, (const ElfW(Ehdr) *)getauxval(AT_SYSINFO_EHDR)));
    cr_assert(sigaction(SIGALRM, &action, NULL) == 0);
    on_aligned_stack(fork_within_draws);
    /* A fork at the very end of a draw, in the last few of its instructions, copies what is drawn.
     */
    cr_assert(agreed <= BY_CHANCE, "parent and child agreed in %d of %d draws", agreed, FORKS);
}
