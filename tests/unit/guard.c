/*
 * The number that an object under guard is told: the real one, and another once a duplication with
 * the same number. Numbers are handed in here, so that copies have whichever is wanted; the forks
 * are real.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/mman.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guard.h"

TestSuite(guard, .timeout = 120);

enum { NUMBER = 7, OTHER = 8, LARGEST_REAL = (1 << 22) - 1, LIVES = 60 };

static int *shared_numbers(size_t count)
{
    int *memory = mmap(NULL, count * sizeof(*memory), PROT_READ | PROT_WRITE,
                       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    cr_assert(memory != MAP_FAILED);
    return memory;
}

static void start(void)
{
    cr_assert(guard_start());
}

static void wait_for(pid_t child)
{
    int status = -1;

    cr_assert(child > 0 && waitpid(child, &status, 0) == child && status == 0,
              "a child ends with %x", (unsigned int)status);
}

static bool is_no_process(int number)
{
    return number > LARGEST_REAL;
}

Test(guard, without_a_start_every_number_is_the_real_one)
{
    cr_expect(guard_number(NUMBER) == NUMBER && !guard_is_up());
    wait_for(fork() ?: (_exit(guard_number(NUMBER) != NUMBER), 0));
}

Test(guard, numbers_are_the_real_ones_in_a_process_that_was_not_duplicated)
{
    start();
    for (int i = 0; i < 3; i++)
        cr_expect(guard_number(NUMBER) == NUMBER && guard_number(OTHER) == OTHER);
    cr_expect(guard_number(LARGEST_REAL) == LARGEST_REAL && guard_number(-EPERM) == -EPERM &&
              guard_number(0) == 0 && guard_number(LARGEST_REAL + 1) == LARGEST_REAL + 1);
}

Test(guard, a_copy_with_the_same_number_is_told_another_for_good_and_the_original_is_not)
{
    int *told = shared_numbers(4);

    start();
    guard_number(NUMBER);
    wait_for(fork() ?: ({
        for (int i = 0; i < 3; i++)
            told[i] = guard_number(NUMBER);
        told[3] = guard_number(OTHER);
        _exit(0);
        0;
    }));
    cr_expect(is_no_process(told[0]), "the copy is told %d", told[0]);
    cr_expect(told[1] == told[0] && told[2] == told[0], "a self-test would fail");
    cr_expect(told[3] == OTHER, "a number that no one had before is told as %d", told[3]);
    cr_expect(guard_number(NUMBER) == NUMBER);
}

Test(guard, the_number_of_the_moment_when_guarding_began_counts_as_told)
{
    int *told = shared_numbers(1), own = getpid();

    start();
    wait_for(fork() ?: (*told = guard_number(own), _exit(0), 0));
    cr_expect(is_no_process(*told));
}

/* A daemon may get the number of its ancestor, whose place a DRBG has kept all the time. */
Test(guard, a_descendant_with_the_number_of_an_ancestor_is_told_another)
{
    int *told = shared_numbers(3);

    start();
    guard_number(NUMBER);
    wait_for(fork() ?: ({
        told[0] = guard_number(OTHER);
        wait_for(fork()
                     ?: (told[1] = guard_number(OTHER + 1), told[2] = guard_number(NUMBER),
                         _exit(0), 0));
        _exit(0);
        0;
    }));
    cr_expect(told[0] == OTHER && told[1] == OTHER + 1, "%d, %d", told[0], told[1]);
    cr_expect(is_no_process(told[2]), "the descendant is told its ancestor's %d", told[2]);
}

/* Lives one within the other. */
static void live_on(int *told, int life)
{
    told[life] = guard_number(NUMBER);
    if (life + 1 < LIVES)
        wait_for(fork() ?: (live_on(told, life + 1), _exit(0), 0));
}

Test(guard, copies_of_copies_are_never_told_a_number_of_before)
{
    int *told = shared_numbers(LIVES);

    start();
    live_on(told, 0);
    for (int i = 0; i < LIVES; i++)
        for (int j = 0; j < i; j++)
            cr_assert(told[i] > 0 && told[i] != told[j], "copies %d and %d are both told %d", j, i,
                      told[i]);
}

Test(guard, more_numbers_than_are_kept_make_no_copy_alike)
{
    enum { NUMBERS = 100 };
    int *told = shared_numbers(2 * NUMBERS);

    start();
    for (int i = 0; i < NUMBERS; i++)
        told[i] = guard_number(NUMBER + i);
    wait_for(fork() ?: ({
        for (int i = 0; i < NUMBERS; i++)
            told[NUMBERS + i] = guard_number(NUMBER + i);
        _exit(0);
        0;
    }));
    for (int i = 0; i < NUMBERS; i++)
        cr_expect(told[i] > 0 && told[NUMBERS + i] > 0 && told[i] != told[NUMBERS + i],
                  "number %d is told as %d and %d", NUMBER + i, told[i], told[NUMBERS + i]);
}

/* ---- Who else may be in the same memory ---- */

enum { THREADS = 8 };
static pthread_barrier_t barrier;

static void *ask(void *told)
{
    pthread_barrier_wait(&barrier);
    *(int *)told = guard_number(NUMBER);
    return NULL;
}

static int ask_in_threads(void)
{
    pthread_t threads[THREADS];
    int told[THREADS];

    pthread_barrier_init(&barrier, NULL, THREADS);
    for (int i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, ask, &told[i]) != 0)
            return 1;
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < THREADS; i++)
        if (told[i] != told[0] || !is_no_process(told[i]))
            return 2;
    return 0;
}

Test(guard, threads_that_ask_first_in_a_copy_are_told_the_same)
{
    start();
    guard_number(NUMBER);
    for (int round = 0; round < 50; round++)
        wait_for(fork() ?: (_exit(ask_in_threads()), 0));
}

/* Its own number is new, and it must not use up the notice that the copy needs. */
Test(guard, a_task_in_the_copys_memory_does_not_hide_the_duplication)
{
    int *told = shared_numbers(2);

    start();
    guard_number(NUMBER);
    wait_for(fork() ?: ({
        pid_t task = vfork();

        if (task == 0) {
            told[0] = guard_number(OTHER);
            _exit(0);
        }
        told[1] = guard_number(NUMBER);
        _exit(0);
        0;
    }));
    cr_expect(told[0] == OTHER && is_no_process(told[1]), "%d, %d", told[0], told[1]);
}

static int *handlers_word; /* what the handler was told, and whether two answers differed */

static void ask_in_handler(int signal)
{
    int told = guard_number(NUMBER);

    (void)signal;
    if (handlers_word[0] && handlers_word[0] != told)
        handlers_word[1]++;
    handlers_word[0] = told;
}

/* The first questions of a life, in a handler and in what it interrupts. */
static void ask_under_signals(void)
{
    struct itimerval soon = {.it_value = {.tv_usec = 1}};
    int told;

    handlers_word[0] = 0;
    setitimer(ITIMER_REAL, &soon, NULL);
    told = guard_number(NUMBER);
    for (int i = 0; i < 2000; i++)
        if (guard_number(NUMBER) != told)
            _exit(1);
    _exit(handlers_word[0] && handlers_word[0] != told ? 2 : 0);
}

Test(guard, a_handler_is_told_the_same_as_what_it_interrupts)
{
    struct sigaction action = {.sa_handler = ask_in_handler};

    handlers_word = shared_numbers(2);
    start();
    guard_number(NUMBER);
    sigaction(SIGALRM, &action, NULL);
    for (int round = 0; round < 200; round++)
        wait_for(fork() ?: (ask_under_signals(), 0));
    cr_expect(handlers_word[1] == 0);
}

/* ---- Where the memory is refused, or dropped ---- */

enum { DROPPABLE = 8, TYPES = 15 }; /* MAP_DROPPABLE and MAP_TYPE of linux/mman.h */

#ifdef SYS_mmap2 /* 32-bit machines */
#define CALL_OF_MMAP SYS_mmap2
#else
#define CALL_OF_MMAP SYS_mmap
#endif

/* Droppable memory, and with it madvise(), if there is more to refuse. */
static void refuse_memory(bool madvise_too)
{
    const uint32_t flags =
        offsetof(struct seccomp_data, args[3]) + (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 4 : 0);
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, madvise_too ? SYS_madvise : -1, 4, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, CALL_OF_MMAP, 0, 4),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, flags),
        BPF_STMT(BPF_ALU | BPF_AND | BPF_K, TYPES),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, DROPPABLE, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EINVAL),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {.len = sizeof(filter) / sizeof(filter[0]), .filter = filter};

    cr_assert(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
              prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0);
}

/* As by a kernel before 4.14. */
Test(guard, without_memory_that_forks_wipe_there_is_no_start_and_numbers_are_real)
{
    refuse_memory(true);
    cr_expect(!guard_start() && !guard_is_up());
    cr_expect(guard_number(NUMBER) == NUMBER);
    wait_for(fork() ?: (_exit(guard_number(NUMBER) != NUMBER), 0));
}

/* As by a kernel before 6.11, and where all memory is locked. */
Test(guard, without_droppable_memory_a_copy_is_noticed_all_the_same)
{
    int *told = shared_numbers(1);

    refuse_memory(false);
    start();
    guard_number(NUMBER);
    wait_for(fork() ?: (*told = guard_number(NUMBER), _exit(0), 0));
    cr_expect(is_no_process(*told) && guard_number(NUMBER) == NUMBER);
}

/* Where the word lies: in the only droppable memory that this program has. */
static void *droppable_page(void)
{
    void *page = NULL, *start = NULL, *first, *end;
    char line[256];
    FILE *smaps = fopen("/proc/self/smaps", "re");

    while (smaps && fgets(line, sizeof(line), smaps)) {
        if (sscanf(line, "%p-%p", &first, &end) == 2)
            start = first;
        if (strncmp(line, "VmFlags:", 8) == 0 && strstr(line, " dp"))
            page = start;
    }
    if (smaps)
        fclose(smaps);
    return page;
}

/* Memory pressure leaves it so. The number is another one from then on, for good. */
Test(guard, a_word_that_the_kernel_drops_costs_one_new_number)
{
    void *page;
    int told;

    start();
    guard_number(NUMBER);
    page = droppable_page();
    if (!page)
        cr_skip_test("this kernel has no droppable memory");
    cr_assert(madvise(page, 1, MADV_DONTNEED) == 0);
    told = guard_number(NUMBER);
    cr_expect(is_no_process(told) && guard_number(NUMBER) == told && guard_number(NUMBER) == told,
              "%d", told);
}

Test(guard, errno_is_left_alone)
{
    errno = E2BIG;
    start();
    guard_number(NUMBER);
    guard_number(NUMBER);
    cr_expect(errno == E2BIG);
}
