/*
 * The cached descriptor of /dev/urandom, in programs that close, reuse and replace everything.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "draws.h"
#include "notices.h"
#include "random.h"

TestSuite(descriptor, .timeout = 120);

enum { HIGHEST = 256 };

static bool is_urandom(int descriptor)
{
    struct stat now;

    return fstat(descriptor, &now) == 0 && S_ISCHR(now.st_mode) && now.st_rdev == makedev(1, 9);
}

/* The lowest one open on the device, -1 if there is none. */
static int urandom_from(int descriptor)
{
    for (; descriptor < HIGHEST; descriptor++)
        if (is_urandom(descriptor))
            return descriptor;
    return -1;
}

static int start_and_find(void)
{
    int cached;

    cr_assert(urandom_from(0) == -1);
    cr_assert(random_start(RANDOM_URANDOM, NULL, keep_notice) == 0);
    cached = urandom_from(0);
    cr_assert(cached >= 3, "the descriptor is %d, a standard stream's", cached);
    return cached;
}

/* The program has closed ours, and its own lies under the number. */
static void reuse(int cached, int theirs)
{
    cr_assert(theirs >= 0);
    cr_assert(dup2(theirs, cached) == cached);
}

static void another_one_serves(int cached)
{
    draw_served(16);
    draw_served(64 << 10);
    cr_assert(!is_urandom(cached), "the program's descriptor was replaced");
    cr_assert(fcntl(cached, F_GETFD) >= 0, "the program's descriptor was closed");
    cr_assert(urandom_from(0) >= 3);
    cr_assert(urandom_from(urandom_from(0) + 1) == -1, "descriptors are leaked");
}

Test(descriptor, is_closed_on_exec)
{
    int cached = start_and_find();

    cr_assert(fcntl(cached, F_GETFD) & FD_CLOEXEC, "it leaks into every program that is started");
}

Test(descriptor, stays_the_same_over_many_draws)
{
    int cached = start_and_find();

    for (int i = 0; i < 100; i++)
        draw_served(16);
    cr_assert(urandom_from(0) == cached && urandom_from(cached + 1) == -1);
}

Test(descriptor, is_opened_again_when_the_program_closes_all)
{
    int cached = start_and_find();

    close(cached);
    draw_served(16);
    cr_assert(urandom_from(0) >= 3);
    cr_assert(fcntl(urandom_from(0), F_GETFD) & FD_CLOEXEC);
}

Test(descriptor, reused_for_a_file_is_neither_read_nor_closed)
{
    static const char database[64] = "a database, not random at all";
    int cached = start_and_find();
    FILE *file = tmpfile();

    cr_assert(file && write(fileno(file), database, sizeof(database)) == sizeof(database));
    cr_assert(lseek(fileno(file), 0, SEEK_SET) == 0);
    reuse(cached, fileno(file));
    another_one_serves(cached);
    cr_assert(lseek(cached, 0, SEEK_CUR) == 0, "a key was read out of the program's file");
}

Test(descriptor, reused_for_a_socket_is_neither_read_nor_closed)
{
    int cached = start_and_find();
    int ends[2];
    char request[16] = {0};

    cr_assert(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    cr_assert(write(ends[1], "GET / HTTP/1.1", 14) == 14);
    reuse(cached, ends[0]);
    another_one_serves(cached);
    cr_assert(recv(cached, request, sizeof(request), MSG_DONTWAIT) == 14 &&
                  strcmp(request, "GET / HTTP/1.1") == 0,
              "a request was read away from the program");
}

Test(descriptor, reused_for_dev_zero_is_neither_read_nor_closed)
{
    int cached = start_and_find();

    reuse(cached, open("/dev/zero", O_RDONLY | O_CLOEXEC));
    another_one_serves(cached);
}

Test(descriptor, reused_for_dev_full_and_dev_null_is_neither_read_nor_closed)
{
    int cached = start_and_find();

    reuse(cached, open("/dev/full", O_RDONLY | O_CLOEXEC));
    another_one_serves(cached);
    cached = urandom_from(0);
    reuse(cached, open("/dev/null", O_RDONLY | O_CLOEXEC));
    another_one_serves(cached);
}

Test(descriptor, reused_for_the_same_device_serves)
{
    int cached = start_and_find();
    int theirs = open("/dev/urandom", O_RDONLY | O_CLOEXEC);

    reuse(cached, theirs);
    close(theirs);
    draw_served(16);
    cr_assert(urandom_from(0) == cached && urandom_from(cached + 1) == -1);
}

static bool all_closed(int until)
{
    for (int i = 0; i < until; i++)
        if (fcntl(i, F_GETFD) >= 0)
            return false;
    return true;
}

static void keep(int kept[3])
{
    for (int i = 0; i < 3; i++) {
        kept[i] = fcntl(i, F_DUPFD_CLOEXEC, 64);
        close(i);
    }
}

static void put_back(const int kept[3])
{
    for (int i = 0; i < 3; i++)
        if (kept[i] >= 0)
            dup2(kept[i], i);
}

Test(descriptor, is_never_a_standard_stream)
{
    int kept[3];
    int error, found;
    bool closed;

    keep(kept);
    error = random_start(RANDOM_URANDOM, NULL, keep_notice);
    closed = all_closed(3);
    found = urandom_from(0);
    put_back(kept);
    cr_assert(error == 0);
    cr_assert(closed, "what the program prints goes to the descriptor that it opens next");
    cr_assert(found >= 3 && fcntl(found, F_GETFD) & FD_CLOEXEC, "descriptor %d", found);
    draw_served(16);
}

static pthread_barrier_t together;

static void *draw_together(void *error)
{
    unsigned char bytes[16];

    pthread_barrier_wait(&together);
    *(int *)error = random_fill(bytes, sizeof(bytes));
    return NULL;
}

Test(descriptor, opened_by_many_threads_at_once_is_one)
{
    enum { THREADS = 8, ROUNDS = 100 };
    pthread_t threads[THREADS];
    int errors[THREADS];
    int cached = start_and_find();

    pthread_barrier_init(&together, NULL, THREADS);
    for (int round = 0; round < ROUNDS; round++) {
        close(cached);
        for (int i = 0; i < THREADS; i++)
            cr_assert(pthread_create(&threads[i], NULL, draw_together, &errors[i]) == 0);
        for (int i = 0; i < THREADS; i++)
            pthread_join(threads[i], NULL);
        for (int i = 0; i < THREADS; i++)
            cr_assert(errors[i] == 0, "a thread was left without bytes: %s", strerror(errors[i]));
        cached = urandom_from(0);
        cr_assert(cached >= 3 && urandom_from(cached + 1) == -1, "descriptors are leaked");
    }
}

static void without_descriptors(rlim_t limit, rlim_t *before)
{
    struct rlimit files;

    cr_assert(getrlimit(RLIMIT_NOFILE, &files) == 0);
    *before = files.rlim_cur;
    files.rlim_cur = limit;
    cr_assert(setrlimit(RLIMIT_NOFILE, &files) == 0);
}

Test(descriptor, that_cannot_be_had_is_an_error_until_it_can)
{
    unsigned char bytes[16];
    rlim_t before, unused;
    int start, draw;

    without_descriptors(0, &before);
    start = random_start(RANDOM_URANDOM, NULL, keep_notice);
    draw = random_fill(bytes, sizeof(bytes));
    without_descriptors(before, &unused);
    cr_assert(start == EMFILE && draw == EMFILE, "out of descriptors: %d, then %d", start, draw);
    draw_served(16);
}

Test(descriptor, serves_on_when_the_program_can_open_no_more)
{
    rlim_t before, unused;

    start_and_find();
    without_descriptors(0, &before);
    draw_served(16);
    without_descriptors(before, &unused);
}

/* Another file at the device's place, in a mount namespace of this test process. */
static void replace_device(const char *with)
{
    if (unshare(CLONE_NEWNS) != 0)
        cr_skip_test("needs root: a mount namespace of its own");
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 && errno == EINVAL)
        cr_skip_test("the root directory is no mount point: what is mounted would show outside");
    cr_assert(mount(with, "/dev/urandom", NULL, MS_BIND, NULL) == 0, "%s: %s", with,
              strerror(errno));
}

static void is_refused(void)
{
    unsigned char bytes[16];
    int error = random_start(RANDOM_URANDOM, NULL, keep_notice);

    cr_assert(error == ENODEV, "what stands at /dev/urandom serves keys (%d)", error);
    error = random_fill(bytes, sizeof(bytes));
    cr_assert(error == ENODEV, "what stands at /dev/urandom serves keys (%d)", error);
    cr_assert(umount("/dev/urandom") == 0, "the refused file is still open");
    draw_served(16);
}

Test(descriptor, of_dev_zero_in_the_place_of_urandom_is_refused)
{
    replace_device("/dev/zero");
    is_refused();
}

Test(descriptor, of_a_file_in_the_place_of_urandom_is_refused)
{
    replace_device("/etc/passwd");
    is_refused();
}

Test(descriptor, serves_on_in_a_chroot_without_devices_and_is_missed_when_closed)
{
    char empty[] = "/tmp/osrandom-unit-XXXXXX";
    unsigned char bytes[16];
    int cached = start_and_find();
    int error;

    cr_assert(mkdtemp(empty) != NULL);
    cr_assert(chdir(empty) == 0 && rmdir(empty) == 0);
    if (chroot(".") != 0)
        cr_skip_test("needs root: chroot");
    draw_served(16);
    close(cached);
    error = random_fill(bytes, sizeof(bytes));
    cr_assert(error == ENOENT, "a draw that cannot be served answers %d", error);
}
